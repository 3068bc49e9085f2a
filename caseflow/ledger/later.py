"""What was said after a case was over and waits for an answer of its own: in which cases, and who
gives it. For lists, counts and handing over.
"""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.tables import Clock
from caseflow.ledger.asker import HERE, ME
from caseflow.ledger.literals import among, has_one, is_word
from caseflow.ledger.moves.record import whole
from caseflow.ledger.states import ENDS
from caseflow.ledger.tables import OWING, Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import CASEWORK, OFFICE, SUPERVISOR
from caseflow.people.tables import Post, Recusal, User

_OFFICE = func.coalesce(Case.county, Case.area_code)
"""Whose office has a case (`passages.office`): a responsibility district has none itself."""


def waits() -> ColumnElement[bool]:
    """Return the condition that a case is over and somebody waits for an answer all the same: found
    by an index of the few in which anything is promised.
    """
    promised = select(Clock.id).where(
        Clock.root_case_id == Case.id, is_word(Clock.name, "reply"), is_word(Clock.state, "running")
    )
    return and_(text(OWING), has_one(Case, promised))


def is_owed(session: Session, case: Case) -> bool:
    """Tell whether a case is over and somebody waits for an answer all the same."""
    return case.state in ENDS and bool(clocks.alive(session, whole(case), "reply"))


def is_theirs(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on such a case that the answer is somebody's to give: it is theirs or
    nobody's; or whoever had it left, is elsewhere or must keep away, and they hold the post of its
    office (`notices.audience` tells the same people). A post that nobody holds is its supervisors',
    and where there is none, everybody's who sees the case.
    """
    nobodys = or_(Case.handler_id.is_(None), and_(~_there(), _in_post(actor)))
    return or_(Case.handler_id == ME, nobodys)


def _there() -> ColumnElement[bool]:
    """Return the condition that a case's handler may still handle it (`handlers.is_fit`)."""
    near = User.area_code.in_((Case.district, Case.county, Case.city, Case.province))
    fit = exists().where(User.id == Case.handler_id, User.active.is_(True), near, *_free(OFFICE))
    return fit.correlate(Case)


def _free(roles: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    away = exists().where(Recusal.user_id == User.id, Recusal.unit_id == Case.unit_id)
    return among(User.role, roles), ~away.correlate(User, Case)


def _in_post(actor: Actor) -> ColumnElement[bool]:
    here = (User.area_code == _OFFICE, User.active.is_(True))
    serving = (
        Post.area_code == _OFFICE,
        Post.unit_id.is_(None),
        is_word(Post.duty, "office_handler"),
        or_(User.id == Post.user_id, User.id == Post.deputy_id),
        *(*here, *_free(CASEWORK)),
    )
    held = exists(select(Post.id).join(User, User.area_code == Post.area_code).where(*serving))
    mine = held.where(User.id == ME).correlate(Case)
    boss = exists().where(*here, *_free((SUPERVISOR,))).correlate(Case)
    nobody = ~held.correlate(Case)
    above = or_(HERE == _OFFICE, ~boss) if actor.role == SUPERVISOR else ~boss
    return or_(mine, and_(nobody, above))
