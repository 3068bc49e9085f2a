"""Cases that stand above the work list, each kind for a reason of its own (one statement for all).

What is listed here is counted by `waiting` with the same conditions. Each goes through an index
that holds few.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    false,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock
from caseflow.ledger import later
from caseflow.ledger.asker import KINDS, bound_here, kind_of, said_of, within
from caseflow.ledger.literals import has_one, is_word, not_among
from caseflow.ledger.oversights import looks_into
from caseflow.ledger.queries import PAGE
from caseflow.ledger.states import OPEN_CASE_STATES
from caseflow.ledger.tables import OWING, UNSIGNED, Case
from caseflow.ledger.turns import excludes, looks_again
from caseflow.people.actor import Actor
from caseflow.people.permissions import may

_OVER = not_among(Case.state, OPEN_CASE_STATES)


def listed(session: Session, actor: Actor) -> Mapping[str, Sequence[Case]]:
    """Return what stands apart for somebody of the office, by why: at most a page of each, urgent
    ones first, then by what is promised first.

    `passed`: their office signs for it. `overseen`: came back too often, theirs to look into.
    `cries`: over, and somebody must act at once all the same: a reporter who is retaliated against
    after the end, a reason for not calling the police that nobody countersigned. `looks`: over, and
    they look at its end. `later`: over, and the reporter waits for an answer. `excludes`: theirs to
    decide whether figures leave it out.
    """
    found: dict[str, list[Case]] = {name: [] for name in _CONDITIONS}
    for case, why in session.execute(_listed(kind_of(actor)), said_of(actor)):
        found[why].append(case)
    return found


@lru_cache(maxsize=KINDS)
def _listed(kind: Actor) -> Select[Any]:
    order = (Case.rank, Case.next_due, Case.id)
    parts = [
        select(Case.id.label("case_id"), literal(name).label("why"))
        .where(condition(kind))
        .order_by(*order)
        .limit(PAGE)
        .subquery()
        for name, condition in _CONDITIONS.items()
    ]
    together = union_all(*(select(part) for part in parts)).subquery()
    query = select(Case, together.c.why).join(together, together.c.case_id == Case.id)
    return query.order_by(*order)


def to_receive(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case waits for this person's office to sign for it, or to send
    it back.
    """
    return bound_here(actor) if may(actor, "case.receive") else false()


def overseen(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case of the scope came back too often, open or over, and waits
    for this person, of the level above, to look into it.
    """
    return and_(within(actor), looks_into(actor))


def cries(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case of the scope is over and somebody must act at once."""
    return and_(within(actor), _OVER, Case.id.in_(union_all(alarmed(), unsigned())))


def second_looks(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case is over and this person is to look at how it ended."""
    looked_at = select(Clock.case_id).where(
        is_word(Clock.state, "running"), is_word(Clock.name, "second_look")
    )
    return and_(within(actor), _OVER, Case.id.in_(looked_at), looks_again(actor))


def wrote_again(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case is over and somebody waits for an answer all the same, which
    is this person's to give.
    """
    if not may(actor, "case.reply"):
        return false()
    return and_(within(actor), later.waits(), later.is_theirs(actor))


def exclusions(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that this person decides to leave a case out of the figures, or not."""
    return and_(within(actor), excludes(actor))


def alarmed() -> Select[int]:
    """Return the ids of cases that are over and that somebody must take over at once: looked for
    among the few in which anything is promised still, for every open case that nobody has taken up
    has such a promise, and after a wave there are thousands.
    """
    promised = select(Clock.id).where(
        Clock.case_id == Case.id, is_word(Clock.state, "running"), is_word(Clock.name, "immediate")
    )
    return select(Case.id).where(text(OWING), has_one(Case, promised))


def unsigned() -> Select[int]:
    """Return the ids of cases with a reason that waits for its countersignature."""
    return select(Case.id).where(text(UNSIGNED))


_CONDITIONS = {
    "passed": to_receive,
    "overseen": overseen,
    "cries": cries,
    "looks": second_looks,
    "later": wrote_again,
    "excludes": exclusions,
}
