"""The verbs of the ledger: each does state, entry, clocks and event together, and never commits."""
