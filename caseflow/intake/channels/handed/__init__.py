"""What other offices hand down, as they write it: pasted text and files become the desk's sheet.

`pieces` cuts a text at the names of fields, `orders` says what each piece fills, `files` makes text
of files. Pure, and nothing is lost: each piece fills a field or stays in sight as the rest.
"""
