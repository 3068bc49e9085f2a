"""The mailbox door: from the raw bytes of an e-mail to the normal form. Pure."""
