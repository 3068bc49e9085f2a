"""One encrypted file that holds an office: its database and its files, and never its keys."""
