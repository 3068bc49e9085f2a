"""The ledger that an office kept in a spreadsheet (台账): read, checked, taken over, given back."""
