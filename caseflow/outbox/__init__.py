"""Rows to be carried out: events become messages, messages are sent (design law 12)."""
