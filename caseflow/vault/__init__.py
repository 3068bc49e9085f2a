"""Reporter identities and raw originals: sealed, revealed with a reason and on the record."""
