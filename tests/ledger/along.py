"""The edges of cases and items along which chance and the stories go."""

from caseflow.ledger.states import CASE_EDGES, ITEM_EDGES

WHOLE = {"import", "void"}
"""Moves of a whole spreadsheet, not of one case: `tests/import_ledger` goes along all of them."""
CASE_WAYS = tuple(edge for edge in CASE_EDGES if edge.move not in WHOLE)
EDGES = {(e.move, e.source, e.target) for e in (*CASE_WAYS, *ITEM_EDGES)}
