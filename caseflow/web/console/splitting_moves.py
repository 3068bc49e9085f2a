"""Splitting a part of a case off, as a POST (分案)."""

from flask import request

from caseflow.ledger.moves import splitting
from caseflow.web.console import splitting_forms
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_case
from caseflow.web.edge import actor, needs, now, seen, typed


@blueprint.post("/cases/<number>/split_off")
@needs("case.split_off")
def split_off(number: str) -> Page:
    """Make a case of its own of some reports and items (分案)."""
    reports, items = request.form.getlist("reports"), request.form.getlist("items")
    reason = typed("reason")
    return on_case(
        number,
        "split_off",
        lambda s, case: splitting.split_off(
            s, actor(), case.id, reports, reason, now(), items=items, seen=seen()
        ),
        splitting_forms.done,
    )
