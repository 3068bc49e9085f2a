"""Every door leads here: one normal form, one `receive`, nothing lost and nothing twice."""
