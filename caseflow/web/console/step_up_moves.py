"""Climbing an item's ladder before its date, as POSTs (督办升级)."""

from sqlalchemy.orm import Session

from caseflow.escalation import stepping
from caseflow.ledger.moves import stepping_up
from caseflow.ledger.tables import Case
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_item
from caseflow.web.edge import actor, needs, now, seen, typed


@blueprint.post("/items/<int:item_id>/ask_step_up")
@needs("item.step_up")
def ask_step_up(item_id: int) -> Page:
    """Ask for a document of the ladder now (申请督办升级)."""
    said = (typed("document"), typed("cause"), typed("reason"))
    return on_item(
        item_id,
        "ask_step_up",
        lambda s, _: stepping_up.ask_step_up(s, actor(), item_id, *said, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/step_up")
@needs("item.decide_step_up")
def step_up(item_id: int) -> Page:
    """Approve it, and draft the document in the same transaction (同意督办升级)."""
    remark = typed("remark")

    def approve(session: Session, _case: Case) -> None:
        stepping_up.step_up(session, actor(), item_id, remark, now(), seen=seen())
        stepping.at_once(session, item_id, now())

    return on_item(item_id, "step_up", approve)


@blueprint.post("/items/<int:item_id>/refuse_step_up")
@needs("item.decide_step_up")
def refuse_step_up(item_id: int) -> Page:
    """Let the ladder be climbed by its dates (不同意督办升级)."""
    why = typed("reason")
    return on_item(
        item_id,
        "refuse_step_up",
        lambda s, _: stepping_up.refuse_step_up(s, actor(), item_id, why, now(), seen=seen()),
    )
