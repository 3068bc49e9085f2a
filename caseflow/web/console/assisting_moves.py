"""Assisting units, asked, released and heard, as a POST each."""

from sqlalchemy.orm import Session

from caseflow.ledger.moves import assisting
from caseflow.ledger.tables import Case
from caseflow.refs import whole
from caseflow.web.console.assisting_forms import shared_typed
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_item
from caseflow.web.console.sight import unit_typed
from caseflow.web.edge import actor, needs, now, seen, typed, typed_day
from caseflow.web.visit_typed import moment


@blueprint.post("/items/<int:item_id>/ask_assistance")
@needs("item.ask_assistance")
def ask_assistance(item_id: int) -> Page:
    """Ask a unit for its part beside the lead (请单位协办)."""
    text, none_listed = typed("text"), typed("none_listed") == "yes"

    def ask(session: Session, case: Case) -> None:
        unit_id, since = unit_typed(session, case, "unit") or 0, seen()
        assisting.ask_assistance(
            session, actor(), item_id, unit_id, text, now(), none_listed=none_listed, seen=since
        )

    return on_item(item_id, "ask_assistance", ask)


@blueprint.post("/items/<int:item_id>/record_assistance")
@needs("item.record_assistance")
def record_assistance(item_id: int) -> Page:
    """Write down what an assisting unit answered by telephone (记录电话答复)."""
    unit_id, said_by, answer = whole(typed("heard_of")) or 0, typed("said_by"), typed("answer")
    at = moment(typed_day("heard_day"), typed("heard_time"))
    return on_item(
        item_id,
        "record_assistance",
        lambda s, _: assisting.record_assistance(
            s, actor(), item_id, unit_id, answer, said_by, at, now(), seen=seen()
        ),
    )


@blueprint.post("/items/<int:item_id>/release_assistance")
@needs("item.release_assistance")
def release_assistance(item_id: int) -> Page:
    """Let an assisting unit owe nothing any more (解除协办)."""
    unit_id, reason = whole(typed("assisting")) or 0, typed("reason")
    return on_item(
        item_id,
        "release_assistance",
        lambda s, _: assisting.release_assistance(
            s, actor(), item_id, unit_id, reason, now(), seen=seen()
        ),
    )


@blueprint.post("/items/<int:item_id>/share_assistance")
@needs("item.share_assistance")
def share_assistance(item_id: int) -> Page:
    """Let the lead read what an assisting unit answered (转主办单位参阅)."""
    unit_id, nth = shared_typed(typed("answered"))
    return on_item(
        item_id,
        "share_assistance",
        lambda s, _: assisting.share_assistance(
            s, actor(), item_id, unit_id, now(), nth=nth, seen=seen()
        ),
    )
