"""What every verb ends with: the entry, the event, the next due moment (design law 3)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import REVIEW, ClockName, Matter
from caseflow.errors import BadInput, Told
from caseflow.ledger import history
from caseflow.ledger.history import Line
from caseflow.ledger.tables import NEVER, Case, Item
from caseflow.outbox.events import emit
from caseflow.people.actor import Actor


def record(
    session: Session,
    case: Case,
    actor: Actor,
    verb: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    item: Item | None = None,
    refs: Mapping[str, Any] | None = None,
    urgent: bool | None = None,
) -> int:
    """Write the entry and the event of a move and refresh the case's next due moment.

    `refs` are the ids that the event carries beside item and entry: never text, never a person's
    name. Returns the number of the entry.
    """
    refresh(session, case)
    item_id = item.id if item else None
    n = history.append(session, case, Line(verb, actor, now, facts or {}, item_id))
    case.moved_at = now
    emit(
        session,
        verb,
        case_id=case.id,
        at=now,
        body={"entry": n, "item": item_id, "by": actor.id, **(refs or {})},
        urgent=case.urgent if urgent is None else urgent,
    )
    session.flush()
    return n


def refresh(session: Session, case: Case) -> None:
    """Copy the earliest running due moment of the case to where the work list sorts by it."""
    session.flush()
    case.next_due, case.next_clock = clocks.earliest(session, case.id) or (NEVER, None)


def matter_of(case: Case) -> Matter:
    """Return the plain value that policies are picked by."""
    path = (case.district, case.county, case.city, case.province)
    return Matter(
        kind=case.kind,
        category=case.category if case.reviews is None else REVIEW,
        urgent=case.urgent,
        area=tuple(code for code in path if code),
        channel=case.channel,
    )


def of_case(case: Case) -> Subject:
    """Return the subject of the clocks that stand on the case itself."""
    return Subject(case_id=case.id, root_case_id=case.id)


def of_item(item: Item) -> Subject:
    """Return the subject of an item's clocks."""
    return Subject(item_id=item.id, root_case_id=item.case_id)


def of_report(case: Case, report_id: int) -> Subject:
    """Return the subject of a report's clocks."""
    return Subject(report_id=report_id, root_case_id=case.id)


def whole(case: Case) -> Subject:
    """Return the subject that stands for every clock of the case, its items and reports."""
    return Subject(root_case_id=case.id)


def handled(session: Session, case: Case, now: datetime) -> None:
    """Stop the immediate clock: somebody dealt with it. An urgent one needs `acknowledge`."""
    if not case.urgent:
        clocks.meet(session, of_case(case), now, "immediate")


def let_go(session: Session, case: Case, now: datetime, *kept: str) -> None:
    """Stop what a case that ends, its items and reports still owed, but for the clocks `kept`.

    A document's clocks are no part of it: a draft wants a person's decision and an issued one the
    unit's answer, whatever became of the case since (docs/decisions/0009-documents-outlive.md). Nor
    does the level above owe less for what came back too often (0044-one-level-up.md).
    """
    owed = [c for c in clocks.alive(session, whole(case)) if c.order_id is None]
    kept = (*kept, ClockName.oversee)
    clocks.stop_these(session, [c for c in owed if c.name not in kept], now)


def resolve_due(session: Session, case: Case) -> datetime | None:
    """Return the due moment that items count back from: the earliest of what was promised, of the
    case and of others that were merged into it, and to everybody who reported it.
    """
    running = clocks.alive(session, whole(case), "resolve", "reply")
    return min((clock.due for clock in running), default=None)


def gathered(*checks: Callable[[], object]) -> None:
    """Make all checks and raise one BadInput with every field that any found wrong.

    Of two messages about one field the earlier check's stands.
    """
    wrong: dict[str, str] = {}
    for check in checks:
        try:
            check()
        except BadInput as error:
            wrong = {**error.fields, **wrong}
    if wrong:
        raise BadInput(wrong)


def words(text: str, field: str = "text", longest: int = 20_000) -> str:
    """Return `text` trimmed; raises BadInput when it is empty or longer than the limit."""
    trimmed = may_say(text, field, longest)
    if not trimmed:
        raise BadInput({field: "请填写这一项"})
    return trimmed


def may_say(text: str, field: str = "remark", longest: int = 4000) -> str:
    """Return `text` trimmed, which may be nothing; raises BadInput when it is too long."""
    trimmed = refs.trimmed(text)
    if len(trimmed) > longest:
        raise BadInput({field: Told("最多 %(n)d 字", n=longest)})
    return trimmed
