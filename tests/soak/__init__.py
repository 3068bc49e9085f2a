"""Long runs against the whole ledger: `make soak`. Their short forms are in `tests/faults`."""
