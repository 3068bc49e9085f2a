"""The ledger that an office kept before is taken over."""
