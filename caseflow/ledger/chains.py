"""Histories of their own beside those of cases: of a circular, of a file of inquiry (design law 8).

Each is chained by the same hash as a case's history. Words enter it as salted commitments: what
stands in the rows beside it cannot be changed unseen.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from caseflow.ledger.history import GENESIS, Line, canonical, link, moment_text


class Chained(Protocol):
    """A row with a history of its own: the hash and the number of its last line."""

    id: Any
    head: Any
    head_n: Any


class Link(Protocol):
    """A line of such a history, as its table has it."""

    n: Any
    at: Any
    verb: Any
    user_id: Any
    body: Any
    prev: Any
    hash: Any


def fold(name: str, row: Chained, line: Line) -> dict[str, Any]:
    """Chain a line to the history of a row, which must be locked; return what is to be written.

    `name`: what the row is called in the bodies of its lines.
    """
    n = row.head_n + 1
    body = canonical(
        {
            "actor": line.actor.person,
            "at": moment_text(line.at),
            name: row.id,
            "facts": dict(line.facts),
            "n": n,
            "role": line.actor.role,
            "verb": line.verb,
        }
    )
    prev, digest = row.head, link(row.head, body)
    row.head, row.head_n = digest, n
    return {
        f"{name}_id": row.id,
        "n": n,
        "at": line.at,
        "verb": line.verb,
        "user_id": line.actor.person,
        "body": body,
        "prev": prev,
        "hash": digest,
    }


def is_whole(name: str, row: Chained, lines: Sequence[Link]) -> bool:
    """Tell whether the lines of a row, oldest first, are those that were chained, and all."""
    before = GENESIS
    for n, line in enumerate(lines, 1):
        said = json.loads(line.body)
        named = (said["n"], said[name], said["verb"], said["actor"], said["at"])
        known = (n, row.id, line.verb, line.user_id, moment_text(line.at))
        if named != known or line.n != n or line.prev != before:
            return False
        if line.hash != link(before, line.body):
            return False
        before = line.hash
    return bool(lines) and (row.head, row.head_n) == (before, len(lines))


def is_of(seal: Mapping[str, str], text: str) -> bool:
    """Tell whether a commitment (`history.commitment`) is one of this text."""
    return hashlib.sha256((seal["salt"] + text).encode()).hexdigest() == seal["sha256"]
