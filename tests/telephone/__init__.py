"""Telephone and text messages, with a stand-in for Twilio that its own description vouches for."""
