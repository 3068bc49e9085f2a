"""What the desk asks for while somebody speaks: known cases, what is owed, keeping the draft.

A caller's number travels in the body of a POST, never in an address.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.intake import call_lists, drafts
from caseflow.intake.known import look_up
from caseflow.intake.owed import owed
from caseflow.web import edge
from caseflow.web.desk import handover
from caseflow.web.desk.frame import (
    SEVERAL,
    Page,
    blueprint,
    channel_of,
    is_nonce,
    place_of,
    scope,
    sheet,
)
from caseflow.web.desk.lines import debts, earlier
from caseflow.web.edge import needs


@blueprint.post("/known")
@needs("desk.log")
def known() -> Page:
    """Show earlier cases of the number, unit and words that are being typed. Writes nothing."""
    form = sheet()
    phone, email = form.get("phone", ""), form.get("email", "")
    text = form.get("text", "")
    with edge.read() as session:
        place = place_of(session, form)
        unit = place.unit
        found = look_up(
            session,
            edge.rooms().ring,
            scope(),
            edge.now(),
            phone=phone,
            email=email,
            unit_id=unit.id if unit else None,
            category=form.get("category", ""),
            text=text,
        )
        return render_template(
            "desk/_known.html",
            asked_number=bool(phone.strip() or email.strip()),
            asked_text=bool(found.by_text),
            asked_unit=form.get("unit", "").strip(),
            unit=unit,
            like=place.like[:SEVERAL],
            namesakes=place.namesakes,
            more=len(place.like) > SEVERAL,
            by_number=earlier(session, found.by_number),
            by_unit=earlier(session, found.by_unit),
            by_text=earlier(session, found.by_text),
        )


@blueprint.get("/owed")
@needs("desk.log")
def owed_now() -> Page:
    """Show what the shift owes at this moment."""
    with edge.read() as session:
        return render_template(
            "desk/_owed.html",
            owed=debts(session, owed(session, scope())),
            missed=call_lists.count_owed(session, edge.actor()),
            **handover.waiting(session),
        )


@blueprint.put("/draft/<nonce>")
@needs("desk.log")
def keep(nonce: str) -> ResponseReturnValue:
    """Keep what is typed so far. An empty sheet keeps nothing; a saved one stays saved."""
    if not is_nonce(nonce):
        raise BadInput({"nonce": "这一张的编号不对，请刷新页面"})
    channel, form, me = channel_of(request.form.get("channel")), sheet(), edge.actor().person
    ring, now = edge.rooms().ring, edge.now()

    def work(session: Session) -> None:
        if any(form.get(name, "").strip() for name in form if name not in _GIVEN):
            drafts.save(session, ring, me, nonce, channel, form, now)
        else:
            drafts.drop(session, me, nonce)

    edge.change(work)
    return "", 204


# What stands in an untouched sheet is nobody's words.
_GIVEN = ("disclosure", "outcome", "started", "call")


@blueprint.post("/draft/<nonce>/drop")
@needs("desk.log")
def drop(nonce: str) -> ResponseReturnValue:
    """Throw a draft away on purpose and go on with an empty sheet."""
    me = edge.actor().person
    edge.change(lambda session: drafts.drop(session, me, nonce))
    channel = channel_of(request.form.get("channel"))
    return redirect(url_for(".show", channel=channel, new=1))
