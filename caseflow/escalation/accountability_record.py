"""The steps of a file of inquiry as its own history: who, when, what, chained (design law 8).

They are no entries of the case: a case's history goes to outsiders in its file, and this is the
office's own until it was served on paper.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from caseflow.escalation.accountability_tables import (
    AccountabilityEvidence,
    AccountabilityFile,
    AccountabilityStep,
)
from caseflow.files.tables import Blob
from caseflow.ledger import chains
from caseflow.ledger.history import Line, commitment
from caseflow.people.actor import Actor


@dataclass(frozen=True)
class Told:
    """What a step says: see `AccountabilityStep`; `facts` stand in its body only."""

    day: date
    choice: str = ""
    people: str = ""
    text: str = ""
    until: date | None = None
    facts: Mapping[str, Any] | None = None


def record(
    session: Session, file: AccountabilityFile, actor: Actor, verb: str, told: Told, now: datetime
) -> None:
    """Append a step to a file, which must be locked."""
    file.until = told.until
    facts = {
        "day": told.day.isoformat(),
        "choice": told.choice,
        "people": commitment(told.people),
        "text": commitment(told.text),
        "until": told.until.isoformat() if told.until else None,
        **(told.facts or {}),
    }
    row = chains.fold("file", file, Line(verb, actor, now, facts))
    row |= {
        "day": told.day,
        "choice": told.choice,
        "people": told.people,
        "text": told.text,
        "until": told.until,
    }
    session.execute(insert(AccountabilityStep), [row])
    session.flush()


def steps(session: Session, file: AccountabilityFile) -> Sequence[AccountabilityStep]:
    """Return the steps of a file, oldest first."""
    query = select(AccountabilityStep).where(AccountabilityStep.file_id == file.id)
    return session.scalars(query.order_by(AccountabilityStep.n)).all()


def facts(step: AccountabilityStep) -> dict[str, Any]:
    """Return what a step's body says beside who, when and what."""
    return dict(json.loads(step.body)["facts"])


def sums(session: Session, blob_ids: Collection[str]) -> list[str]:
    """Return the sums of what lies in the store under these ids, in their order of value."""
    query = select(Blob.sha256).where(Blob.id.in_(blob_ids))
    return sorted(session.scalars(query))


def evidence(
    session: Session, file: AccountabilityFile
) -> Sequence[tuple[AccountabilityEvidence, Blob]]:
    """Return what came with the steps of a file, in the order in which it came."""
    query = select(AccountabilityEvidence, Blob).join(Blob)
    query = query.where(AccountabilityEvidence.file_id == file.id)
    rows = session.execute(query.order_by(AccountabilityEvidence.id))
    return [(row[0], row[1]) for row in rows]


def _came(session: Session) -> dict[tuple[int, int], list[str]]:
    """Return the sums of what came with each step of every file."""
    query = select(AccountabilityEvidence.file_id, AccountabilityEvidence.n, Blob.sha256).join(Blob)
    found: dict[tuple[int, int], list[str]] = {}
    for file_id, n, sha256 in session.execute(query.order_by(Blob.sha256)):
        found.setdefault((file_id, n), []).append(sha256)
    return found


def misfits(session: Session) -> Iterator[str]:
    """Yield the files whose steps, or their words, are not what was put on record."""
    told: dict[int, list[AccountabilityStep]] = {}
    came = _came(session)
    every = select(AccountabilityStep).order_by(AccountabilityStep.file_id, AccountabilityStep.n)
    for step in session.scalars(every):
        told.setdefault(step.file_id, []).append(step)
    for file in session.scalars(select(AccountabilityFile).order_by(AccountabilityFile.id)):
        lines = told.pop(file.id, [])
        said = {(one.file_id, one.n): facts(one).get("files", []) for one in lines}
        with_files = {key: set(sums_) for key, sums_ in said.items() if sums_}
        kept = {key: set(sums_) for key, sums_ in came.items() if key[0] == file.id}
        is_whole = chains.is_whole("file", file, lines) and all(_says(one) for one in lines)
        if not is_whole or with_files != kept:
            yield f"file {file.id}"
    yield from (f"file {file_id}" for file_id in told)


def _says(step: AccountabilityStep) -> bool:
    """Tell whether what stands in a row is what its body says, or commits to."""
    said = facts(step)
    until = step.until.isoformat() if step.until else None
    plain = (said["day"], said["choice"], said["until"])
    sealed = ((said["people"], step.people), (said["text"], step.text))
    fits = plain == (step.day.isoformat(), step.choice, until)
    return fits and all(chains.is_of(seal, text) for seal, text in sealed)
