"""Splitting a part of a case off, as a POST (分案)."""

from flask import request
from sqlalchemy.orm import Session

from caseflow.intake import reviewing
from caseflow.ledger.moves import splitting
from caseflow.ledger.tables import Case
from caseflow.web.console import splitting_forms
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_case
from caseflow.web.edge import actor, needs, now, rooms, seen, typed


@blueprint.post("/cases/<number>/split_off")
@needs("case.split_off")
def split_off(number: str) -> Page:
    """Make a case of its own of some reports and items (分案)."""
    reports, items = request.form.getlist("reports"), request.form.getlist("items")
    shared, matter = request.form.getlist("shared"), typed("matter")
    reason = typed("reason")

    def split(session: Session, case: Case) -> None:
        part = splitting.split_off(
            session,
            actor(),
            case.id,
            reports,
            reason,
            now(),
            items=items,
            shared=shared,
            matter=matter,
            seen=seen(),
        )
        reviewing.parts_under_one_code(session, rooms(), part)

    return on_case(number, "split_off", split, splitting_forms.done)
