"""Merging many cases about one matter into one at once, and undoing that at once (并案).

Forty parents report one school. Each case is merged by the move that merges one, with all that it
asks of person and case; together they are one transaction, so either all go over or none.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, CaseflowError, MoveNotAllowed, NotFound, NotPermitted, Told
from caseflow.ledger import gate, mergers, waves
from caseflow.ledger.moves import merging
from caseflow.ledger.moves.record import words
from caseflow.ledger.queries import visible
from caseflow.ledger.sketch_tables import Wave, WaveMerger
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of

MOST = 60
"""Cases at once: more than parents of one school write about one matter before somebody looks."""


def gather(
    session: Session,
    actor: Actor,
    case_id: int,
    seen_of: Mapping[str, int],
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> int:
    """Merge the cases with these numbers into a case, each as last `seen`; return how many.

    Raises BadInput, MoveNotAllowed, NotPermitted or Stale as merging one does, with its number.
    """
    if actor.id is None:
        raise NotPermitted("您的岗位或辖区不能进行这一步")
    if not seen_of:
        raise BadInput({"cases": "请至少选一个办件"})
    if len(seen_of) > MOST:
        raise BadInput({"cases": Told("一次最多并 %(n)s 个办件", n=MOST)})
    why = words(reason, "reason", 2000)
    query = select(Case.id, Case.number).where(
        Case.number.in_(seen_of), visible(scope_of(actor)), Case.id != case_id
    )
    numbers = dict(session.execute(query.order_by(Case.id)).all())
    if len(numbers) < len(seen_of):
        raise BadInput({"cases": merging.UNKNOWN})
    last = {case_id: seen} | {n: seen_of[number] for n, number in numbers.items()}
    for each in sorted(last):  # all of them before any moves, by rising id as always
        gate.lock(session, each, last[each])
    into = session.get_one(Case, case_id).number
    wave = Wave(into_id=case_id, user_id=actor.person, at=now)
    session.add(wave)
    session.flush()
    for each, number in numbers.items():
        with _naming(number):
            merging.merge(session, actor, each, into, why, now)
        merger = mergers.lasting(session, each)
        assert merger is not None
        session.add(WaveMerger(wave_id=wave.id, merger_id=merger.id))
    return len(numbers)


def scatter(
    session: Session, actor: Actor, case_id: int, wave_id: int, reason: str, now: datetime
) -> int:
    """Make every case of a wave that is still merged one of its own again; return how many.

    Raises MoveNotAllowed, NotPermitted or BadInput as undoing one does, with its number; then none
    is undone. NotFound where the case has no such wave.
    """
    wave = session.get(Wave, wave_id)
    if wave is None or wave.into_id != case_id:
        raise NotFound("没有这次并案")
    why = words(reason, "reason", 2000)
    for each in sorted({case_id, *(case.id for _, case in waves.lasting(session, [wave_id]))}):
        gate.lock(session, each)
    merged = [case for _, case in waves.lasting(session, [wave_id])]
    if not merged:
        raise MoveNotAllowed("这次并入的办件都已恢复")
    for case in reversed(merged):
        with _naming(case.number):
            merging.unmerge(session, actor, case.id, why, now)
    wave.undone_at = now
    return len(merged)


@contextmanager
def _naming(number: str) -> Iterator[None]:
    """Say which of many cases hinders; a reason about the reason is about all of them."""
    try:
        yield
    except BadInput as wrong:
        told = next(iter(wrong.fields.values()))
        raise BadInput({"cases": _named(number, told)}) from wrong
    except (MoveNotAllowed, NotPermitted) as refused:
        kind: type[CaseflowError] = type(refused)
        raise kind(_named(number, refused.told)) from refused


def _named(number: str, told: str) -> str:
    return Told("%(number)s：%(why)s", number=number, why=told)
