"""The history: appended to, chained by hash, never edited (design law 8, engine 6, 7 and 10).

An entry's body is canonical text (sorted keys, UTC with six decimals). Long words of a person
(a dispatch text, a basis, a reply) enter it as a salted commitment: a later change shows, and
shredding the text keeps the chain whole.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case
from caseflow.many import add_many
from caseflow.people.actor import Actor

GENESIS = ""


@dataclass(frozen=True)
class Line:
    """What is to be written into a case's history: who did what, when, with which facts."""

    verb: str
    actor: Actor
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    item_id: int | None = None


def moment_text(at: datetime) -> str:
    """Return a moment as the chain writes it: UTC, six decimals, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Mapping[str, Any]) -> str:
    """Return JSON with sorted keys and no spaces, so that the same facts give the same bytes."""
    return _plainly(value)


_plainly = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def commitment(text: str) -> dict[str, str]:
    """Return a salted SHA-256 of a text that must not stand in the chain itself."""
    salt = secrets.token_hex(16)
    return {"salt": salt, "sha256": hashlib.sha256((salt + text).encode()).hexdigest()}


def link(prev: str, body: str) -> str:
    """Return the hash that chains `body` to the entry before it."""
    return hashlib.sha256(f"{prev}\n{body}".encode()).hexdigest()


def body_of(number: str, n: int, line: Line) -> str:
    """Return the canonical body of the n-th entry of the case `number`."""
    return canonical(
        {
            "actor": line.actor.id,
            "at": moment_text(line.at),
            "case": number,
            "facts": dict(line.facts),
            "item": line.item_id,
            "n": n,
            "role": line.actor.role,
            "verb": line.verb,
        }
    )


def append(session: Session, case: Case, line: Line) -> int:
    """Write one line into the case's history and return its number. The case must be locked."""
    append_many(session, [(case, line)])
    return case.head_n


def append_many(session: Session, lines: Iterable[tuple[Case, Line]]) -> None:
    """Write lines into the histories of cases that the caller has locked.

    The chain is folded here in the given order; a case may occur several times (engine 10).
    """
    # The cases' new heads go with whatever else the move writes to them.
    add_many(session, Entry, fold(lines))


class Headed(Protocol):
    """What has a history: a case, or what is about to become one."""

    id: Any
    number: Any
    head: Any
    head_n: Any


def fold(lines: Iterable[tuple[Headed, Line]]) -> list[dict[str, Any]]:
    """Chain lines to the histories of their cases and return the rows, for whoever writes them."""
    return [_fold(case, line) for case, line in lines]


def _fold(case: Headed, line: Line) -> dict[str, Any]:
    n = case.head_n + 1
    body = body_of(case.number, n, line)
    digest = link(case.head, body)
    row = {
        "case_id": case.id,
        "n": n,
        "at": line.at,
        "verb": line.verb,
        "user_id": line.actor.id,
        "item_id": line.item_id,
        "body": body,
        "prev": case.head,
        "hash": digest,
    }
    case.head, case.head_n = digest, n
    return row
