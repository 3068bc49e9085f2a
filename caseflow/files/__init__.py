"""Content-addressed, encrypted blobs: evidence, attachments, raw originals."""
