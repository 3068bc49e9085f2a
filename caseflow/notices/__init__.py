"""Notices: what happened becomes messages to those who must act. A new message costs a row."""
