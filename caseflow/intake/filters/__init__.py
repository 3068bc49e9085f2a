"""What becomes of a letter that could be read: small filters, one subject each, in one chain."""
