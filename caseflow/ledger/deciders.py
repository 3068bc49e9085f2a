"""Who may decide on what is said against an item, or asked for: one answer, whoever asks.

The verbs refuse everybody else and say why, the forms are offered to nobody else, `turns` says it
in SQL for the counting of many; here it is told of one person, for whoever is to be told.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger import (
    exclusions,
    extensions,
    gate,
    oversights,
    proposals,
    reviews,
    shelvings,
    step_ups,
    withdrawals,
)
from caseflow.ledger.moves import objecting, withdrawing
from caseflow.ledger.moves.objecting import OBJECTIONS
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.turns import UNSATISFIED
from caseflow.people.accounts import actor_of
from caseflow.people.permissions import PERMISSIONS
from caseflow.people.scope import scope_of
from caseflow.people.tables import User


@dataclass(frozen=True)
class Decision:
    """What somebody has to decide: the permission for it, and who asked and so does not."""

    permission: str
    asked_by: int | None = None


def on_objection(times: int) -> Decision:
    """Return the decision on the last of so many objections."""
    return Decision("item.decide" if times < OBJECTIONS else "item.designate")


def on_extension(item: Item | None, asked_by: int | None) -> Decision:
    """Return the decision on more time for an item, or for the case itself."""
    return Decision("item.decide" if item is not None else "case.decide", asked_by)


def on_withdrawal(item: Item, asked_by: int | None) -> Decision:
    """Return the decision on withdrawing an item."""
    draft = item.state == "draft"
    return Decision("item.consent_draft" if draft else "item.consent", asked_by)


def on_proposal(asked_by: int | None) -> Decision:
    """Return the decision on what was proposed for a case: to decline it, or to refer it."""
    return Decision("case.approve", asked_by)


def on_shelving(asked_by: int | None) -> Decision:
    """Return the decision on shelving a case, or on moving one of its milestones."""
    return Decision("case.decide_shelving", asked_by)


def on_exclusion(asked_by: int | None) -> Decision:
    """Return the decision on leaving a case out of the figures."""
    return Decision("case.decide_exclusion", asked_by)


def on_oversight(_asked_by: int | None = None) -> Decision:
    """Return what the level above has to say of a case that came back too often."""
    return Decision("case.oversee")


def on_step_up(asked_by: int | None) -> Decision:
    """Return the decision on climbing an item's ladder before its date."""
    return Decision("item.decide_step_up", asked_by)


def on_review() -> Decision:
    """Return the opinion on an answer that the office above was asked to review."""
    return Decision("case.opine")


def _shelves(session: Session, case: Case) -> int | None:
    row = shelvings.undecided(shelvings.asked(session, case.id))
    if row is not None:
        return row.asked_by
    if case.state != "shelved":
        return None
    one = shelvings.wished(shelvings.milestones(session, case.id))
    return one.wish_by if one is not None else None


def promised(session: Session, case: Case, item: Item | None) -> Decision:
    """Return what a promise to decide (`decide`) is about: an objection, or more time."""
    if item is not None and item.state == "objected":
        return on_objection(item.objections)
    row = extensions.undecided(extensions.asked(session, case.id), item)
    return on_extension(item, row.asked_by if row else None)


def consented(session: Session, case: Case, item: Item | None) -> Decision:
    """Return what a promise to consent (`consent`) is about: a withdrawal, the ladder of an item,
    a proposal, shelving, or that a case be left out of the figures.
    """
    if item is None:
        asked_by = _shelves(session, case)
        if asked_by is not None:
            return on_shelving(asked_by)
        left_out = exclusions.undecided(exclusions.asked(session, case.id))
        if left_out is not None:
            return on_exclusion(left_out.asked_by)
        proposal = proposals.undecided(proposals.asked(session, case.id))
        return on_proposal(proposal.asked_by if proposal else None)
    raising = step_ups.waiting(session, item)
    if raising is not None:
        return on_step_up(raising.asked_by)
    row = withdrawals.undecided(withdrawals.asked(session, case.id), item)
    return on_withdrawal(item, row.asked_by if row else None)


def on_call_back(session: Session, case: Case) -> Decision | None:
    """Return the decision on a reporter who was called back and is not satisfied; None where
    somebody has to call yet, or may close.
    """
    query = select(Case.id).where(Case.id == case.id, UNSATISFIED)
    return Decision("case.close_unsatisfied") if session.scalar(query) else None


def may_decide(session: Session, user: User, case: Case, item: Item | None, what: Decision) -> bool:
    """Tell whether somebody may decide: by role, and with other eyes where they are wanted."""
    if user.role not in PERMISSIONS[what.permission]:
        return False
    if not may_hear(session, user, case, item, what):
        return False
    actor = actor_of(session, user)
    if item is not None and what.permission == "item.consent":
        return withdrawing.may_decide(session, actor, case, item)
    if item is not None and what.permission == "item.designate":
        return objecting.may_designate(session, actor, item)
    if what.permission == "case.opine":
        return reviews.is_free(session, user.id, case)
    if what.permission == "case.oversee":
        return oversights.is_theirs(session, actor, case)
    return True


def may_hear(session: Session, user: User, case: Case, item: Item | None, what: Decision) -> bool:
    """Tell whether somebody may hear that a decision is late: it is not theirs to keep away from,
    and they did not ask for it.
    """
    actor = actor_of(session, user)
    free = item is None or gate.is_free_of(actor, item)
    return free and gate.covers(scope_of(actor), case) and user.id != what.asked_by
