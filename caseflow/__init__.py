"""caseflow: the ledger of a complaint and tip line for education supervision."""
