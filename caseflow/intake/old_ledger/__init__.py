"""The ledger that an office kept in a spreadsheet (台账): read, understood, taken over, given back."""
