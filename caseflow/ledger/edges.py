"""What a state table is made of. Pure; the tables themselves stand in `states`."""

from typing import NamedTuple

STAY = ""
"""As a target: the move is recorded and the state remains."""
NOTHING = ""
"""As a source: there was no case before. No case is ever in it, so that no other move starts one.
"""
SYSTEM = "system"


class Edge(NamedTuple):
    """One edge of a state table: from `source` by `move` to `target`, allowed to `who`."""

    move: str
    source: str
    target: str
    who: str
    why: str


def each(sources: tuple[str, ...], move: str, target: str, who: str, why: str) -> list[Edge]:
    """Return the edge of a move out of each of several states."""
    return [Edge(move, source, target, who, why) for source in sources]


def edges(table: tuple[Edge, ...], move: str, source: str) -> tuple[Edge, ...]:
    """Return the edges of `move` out of `source`: none, one, or several that the verb decides."""
    return tuple(edge for edge in table if edge.move == move and edge.source == source)
