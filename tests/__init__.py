"""Everything that proves caseflow; `python -m tests` runs it in groups (CONTRIBUTING.md)."""
