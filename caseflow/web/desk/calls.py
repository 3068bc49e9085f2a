"""Telephone calls at the desk: what rings, what nobody answered, and the log that opens from one.

A whole number is shown in the answer to a POST only, and that is on the record of the vault.
"""

from flask import Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import MoveNotAllowed
from caseflow.intake import call_lists, calls, drafts, ring_backs
from caseflow.intake.call_tables import Call
from caseflow.refs import whole
from caseflow.vault.identities import reveal
from caseflow.web import edge
from caseflow.web.desk import call_rows
from caseflow.web.desk.frame import Page, blueprint
from caseflow.web.edge import needs
from caseflow.web.locale import gettext

TO_LOG = "接听或回电，登记来电"  # not said
TO_RING = "给未接来电回电"  # not said
_STILL = ("ringing", "talking")


@blueprint.get("/calls")
@needs("calls.read")
def call_list() -> Page:
    """Show what is to be rung back, and the calls of late."""
    return _page()


def _page(error: str = "", number: tuple[int, str] | None = None, status: int = 200) -> Page:
    """Return the page; `number`: the whole number of one call, for whoever asked for it."""
    before = whole(request.args.get("before", "")) or 0
    with edge.read() as session:
        owed = [] if before else call_lists.owed(session, edge.actor())
        rows = call_rows.lately(session, before)
        full = len(rows) == call_lists.MANY
        body = render_template(
            "desk/calls.html",
            active="desk",
            ringing=[] if before else call_rows.ringing(session),
            owed=call_rows.owed(session, owed),
            rows=rows,
            number=dict([number]) if number else {},
            error=error,
            before=before,
            next_href=url_for(".call_list", before=rows[-1]["id"]) if full else "",
            language=request.method == "GET",
        )
    return body, status


@blueprint.get("/ringing")
@needs("desk.log")
def ringing() -> Page:
    """Show what rings at this moment: a piece of the desk's page, left as it is where it shows that
    already, so that no button is taken from under a hand and nothing is read aloud again.
    """
    with edge.read() as session:
        mark = call_lists.mark(session, edge.actor(), edge.now())
        if request.args.get("seen") == mark:
            return Response(status=204)
        rows = call_rows.ringing(session)
        return render_template("desk/_ringing.html", ringing=rows, mark=mark)


@blueprint.post("/calls/<int:call_id>/number")
@needs("vault.reveal")
def show_number(call_id: int) -> Page:
    """Show the whole number to whoever rings back, in this answer only and on the record."""
    me, at, ring = edge.actor(), edge.now(), edge.rooms().ring

    def work(session: Session) -> str:
        call = calls.found(session, me, call_id)
        if call.identity_id is None:
            return ""
        return reveal(session, ring, call.identity_id, me.person, TO_RING, at).phone

    return _page(number=(call_id, edge.change(work)))


@blueprint.post("/calls/<int:call_id>/rang/<any(reached, nobody):word>")
@needs("desk.log")
def rang_back(call_id: int, word: str) -> Page:
    """Record that somebody rang back: `reached` somebody, or nobody answered."""
    me, at = edge.actor(), edge.now()

    def work(session: Session) -> None:
        call = calls.found(session, me, call_id, lock=True)
        ring_backs.rang_back(session, me, call, at, reached=word == "reached")

    try:
        edge.change(work)
    except MoveNotAllowed as over:
        return _page(error=gettext(over.told), status=409)
    flash(gettext("已记下回电。"), "success")
    return redirect(url_for(".call_list"))


@blueprint.post("/calls/<int:call_id>/log")
@needs("vault.reveal")
def log_call(call_id: int) -> Page:
    """Open the log of a call with everything filled in; the same log however often it is asked."""
    me, at, ring = edge.actor(), edge.now(), edge.rooms().ring
    nonce = f"call-{call_id:010}-{me.person:010}"

    def work(session: Session) -> None:
        call = calls.found(session, me, call_id, lock=True)
        if drafts.find(session, ring, me.person, nonce) is not None:
            return
        form = {"call": str(call.id), **_began(call)}
        if call.identity_id is not None:
            form["phone"] = reveal(session, ring, call.identity_id, me.person, TO_LOG, at).phone
        calls.answered_here(call, me, at)
        drafts.save(session, ring, me.person, nonce, calls.CHANNEL, form, at)

    edge.change(work)
    return redirect(url_for(".show", channel=calls.CHANNEL, sheet=nonce))


def _began(call: Call) -> dict[str, str]:
    """Return when a call began that is talked now: one rung back begins when somebody writes."""
    return {"started": call.began_at.isoformat()} if call.outcome in _STILL else {}
