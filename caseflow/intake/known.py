"""What is known already while somebody is speaking: earlier cases of the number or address, of the
unit, and those in which nearly the same was said.

Number and address are compared blindly: they tell which cases, never who. Nothing outside the
operator's scope is found, and a matter of a unit that they are recused from is not either.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.deadlines.tables import Clock
from caseflow.ledger import likeness, suggesting
from caseflow.ledger.queries import standing
from caseflow.ledger.suggesting import WINDOW
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope

RECENT = timedelta(days=90)
MANY = 8


@dataclass(frozen=True)
class Earlier:
    """An earlier case with the clock that ends first, None when nothing runs, and why it may be
    the same matter: words of `ledger.suggesting`, `likeness` of its text from 0 to 100.
    """

    case: Case
    clock: Clock | None
    reasons: Sequence[str] = ()
    likeness: float = 0.0


@dataclass(frozen=True)
class Known:
    """Earlier cases of the same number or address, of the same unit within 90 days, and others in
    which nearly the same was said.
    """

    by_number: Sequence[Earlier] = ()
    by_unit: Sequence[Earlier] = ()
    by_text: Sequence[Earlier] = ()


def look_up(
    session: Session,
    ring: KeyRing,
    scope: Scope,
    now: datetime,
    *,
    phone: str = "",
    email: str = "",
    unit_id: int | None = None,
    category: str = "",
    text: str = "",
) -> Known:
    """Return what is known: at most `MANY` of each, newest first, the same category before."""
    numbered = _by_sender(session, ring, scope, phone, email)
    of_unit = _by_unit(session, scope, unit_id, category, now)
    near = likeness.near(session, scope, text, unit_id=unit_id, limit=MANY)
    alike = {one.case.id: one.likeness for one in near}
    by_text = [one.case for one in near if one.case.id not in {*numbered} | {x.id for x in of_unit}]
    cases = [*(case for case, _ in numbered.values()), *of_unit, *by_text]
    clocks = _soonest(session, {case.id for case in cases})

    def earlier(case: Case) -> Earlier:
        why = [*numbered[case.id][1]] if case.id in numbered else []
        if unit_id is not None and case.unit_id == unit_id and _lately(case, category, now):
            why.append(suggesting.PLACE)
        if case.id in alike:
            why.append(suggesting.TEXT)
        return Earlier(case, clocks.get(case.id), why, alike.get(case.id, 0.0))

    return Known(
        [earlier(case) for case, _ in numbered.values()],
        [earlier(case) for case in of_unit if case.id not in numbered],
        [earlier(case) for case in by_text],
    )


def _lately(case: Case, category: str, now: datetime) -> bool:
    return bool(category) and case.category == category and case.opened_at >= now - WINDOW


def _by_sender(
    session: Session, ring: KeyRing, scope: Scope, phone: str, email: str
) -> dict[int, tuple[Case, list[str]]]:
    phones = set(blind.phone_indexes(ring, phone)) if phone.strip() else set()
    mails = {blind.email_index(ring, email) or ""} - {""} if email.strip() else set()
    if not phones and not mails:
        return {}
    found: dict[int, tuple[Case, list[str]]] = {}
    for why, case in suggesting.of_senders(session, scope, phones, mails):
        _, reasons = found.setdefault(case.id, (case, []))
        reasons += [why] if why not in reasons else []
    newest = sorted(found, reverse=True)[:MANY]
    return {case_id: found[case_id] for case_id in newest}


def _by_unit(
    session: Session, scope: Scope, unit_id: int | None, category: str, now: datetime
) -> Sequence[Case]:
    if unit_id is None:
        return ()
    query = select(Case).where(
        standing(scope), Case.unit_id == unit_id, Case.opened_at >= now - RECENT
    )
    same_first = func.coalesce(Case.category, "") != category
    return session.scalars(query.order_by(same_first, Case.id.desc()).limit(MANY)).all()


def _soonest(session: Session, cases: Collection[int]) -> dict[int, Clock]:
    if not cases:
        return {}
    query = select(Clock).where(Clock.root_case_id.in_(cases), Clock.state == "running")
    found: dict[int, Clock] = {}
    for clock in session.scalars(query.order_by(Clock.due.desc(), Clock.id.desc())):
        if clock.root_case_id is not None:
            found[clock.root_case_id] = clock
    return found
