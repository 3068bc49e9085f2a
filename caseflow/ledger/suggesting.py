"""Cases that may be about the same matter, for staff only, each with why (design law 10).

Why: the same sender's number or address, found blindly; the same unit and category within
`WINDOW`; a text that says nearly the same. At most four statements, whatever the ledger holds.
Nothing on a page that strangers read may ask here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from caseflow.ledger import likeness
from caseflow.ledger.mergers import same_place
from caseflow.ledger.queries import standing
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope
from caseflow.vault.tables import Identity

WINDOW = timedelta(days=30)
MOST = 60
TEXTS = 3
"""Of a case of many reports that many are compared, the first: the others were found alike."""

NUMBER, ADDRESS, PLACE, TEXT = "number", "address", "place", "text"
_WEIGHT = {TEXT: 4, NUMBER: 3, ADDRESS: 3, PLACE: 1}


@dataclass
class Suggestion:
    """A case and why it may be the same matter, in the words above; `likeness` of its closest
    report, 0 where none says nearly the same.
    """

    case: Case
    reasons: list[str] = field(default_factory=list)
    likeness: float = 0.0
    text: str = ""

    @property
    def strong(self) -> bool:
        """Tell whether more speaks for it than that the same happens at one school."""
        return TEXT in self.reasons or len(self.reasons) > 1

    @property
    def weight(self) -> tuple[int, float, int]:
        """What it is sorted by, the greatest first."""
        return sum(_WEIGHT[one] for one in self.reasons), self.likeness, self.case.id


def of_case(
    session: Session, scope: Scope, case: Case, reports: Sequence[Report], limit: int = MOST
) -> Sequence[Suggestion]:
    """Return what may be the same matter as a case with these reports, the likeliest first."""
    found: dict[int, Suggestion] = {}
    for reason, other in _of_its_senders(session, scope, case):
        _say(found, other, reason)
    for other in of_place(session, scope, case.unit_id, case.category, case.opened_at, case.id):
        _say(found, other, PLACE)
    said = "\n".join(one.text for one in reports[:TEXTS] if one.follows is None)
    for one in likeness.near(
        session, scope, said, unit_id=case.unit_id, but=case.id, limit=likeness.COMPARED
    ):
        suggestion = _say(found, one.case, TEXT)
        suggestion.likeness, suggestion.text = one.likeness, one.text
    return sorted(found.values(), key=lambda one: one.weight, reverse=True)[:limit]


def fit(case: Case, suggestion: Suggestion) -> bool:
    """Tell whether a suggested case is of the same unit and office, so that both can be merged."""
    return same_place(case, suggestion.case)


def _say(found: dict[int, Suggestion], case: Case, reason: str) -> Suggestion:
    suggestion = found.setdefault(case.id, Suggestion(case))
    if reason not in suggestion.reasons:
        suggestion.reasons.append(reason)
    return suggestion


def of_place(
    session: Session,
    scope: Scope,
    unit_id: int | None,
    category: str | None,
    around: datetime,
    but: int = 0,
) -> Sequence[Case]:
    """Return cases about a unit, of a category, opened within `WINDOW` of a moment, newest first;
    none where either is not known.
    """
    if unit_id is None or not category:
        return ()
    query = select(Case).where(
        standing(scope),
        Case.unit_id == unit_id,
        Case.category == category,
        Case.opened_at.between(around - WINDOW, around + WINDOW),
        Case.id != but,
        Case.state != "merged",
    )
    return session.scalars(query.order_by(Case.id.desc()).limit(MOST)).all()


_THEIRS = aliased(Report)
_KNOWN = aliased(Identity)
_SENDERS = (
    select(_KNOWN.phone_index, _KNOWN.email_index)
    .join(_THEIRS, _THEIRS.identity_id == _KNOWN.id)
    .where(_THEIRS.case_id == bindparam("case"))
    .order_by(_THEIRS.id)
    .limit(20)
)


def _of_its_senders(session: Session, scope: Scope, case: Case) -> list[tuple[str, Case]]:
    """Return other cases of those who reported a case, and whether number or address says so."""
    rows = session.execute(_SENDERS, {"case": case.id}).all()
    phones = {row[0] for row in rows if row[0]}
    mails = {row[1] for row in rows if row[1]}
    if not phones and not mails:
        return []
    return of_senders(session, scope, phones, mails, case.id)


def of_senders(
    session: Session, scope: Scope, phones: Collection[str], mails: Collection[str], but: int = 0
) -> list[tuple[str, Case]]:
    """Return cases by blind indexes of numbers and addresses, newest contact first; one statement.

    Of a number that thousands of reports have, a hotline's own, the newest `MOST` are looked at.
    """
    same = or_(Identity.phone_index.in_(phones), Identity.email_index.in_(mails))
    newest = Identity.created_at.desc(), Identity.id
    known = select(Identity.id, Identity.phone_index, Identity.created_at).where(same)
    found = known.order_by(*newest).limit(MOST).subquery()
    query = (
        select(Case, found.c.phone_index)
        .join(Report, Report.case_id == Case.id)
        .join(found, found.c.id == Report.identity_id)
        .where(standing(scope), Case.id != but)
        .order_by(found.c.created_at.desc(), found.c.id)
    )
    return [
        (NUMBER if phone in phones else ADDRESS, case) for case, phone in session.execute(query)
    ]
