"""What the ledger tells as a whole, and what of it is handed out."""
