"""Circulars: the list, drafting one, the page of one, and its two papers."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import Period, local
from caseflow.errors import BadInput, NotPermitted
from caseflow.people import office as offices
from caseflow.publishing import circular_gate, circular_record, drafting, reading
from caseflow.publishing.circular_states import CHECKS, KINDS
from caseflow.publishing.circular_wording import FEWEST
from caseflow.publishing.reading import PAGE, Row, Whole
from caseflow.publishing.tables import Circular, CircularEntry
from caseflow.refs import whole
from caseflow.web import circular_paper, counts
from caseflow.web.console import paging
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.edge import actor, can, change, needs, now, read, typed, typed_day
from caseflow.web.locale import gettext, long_day_text, moment_text


@blueprint.get("/circulars")
@needs("circular.read")
def circular_list() -> Page:
    """Show the circulars of the scope, newest first."""
    before = whole(request.args.get("before", ""))
    with read() as session:
        found = reading.circulars(session, scope(), before)
        counts.waiting()
    rows = [_row(row) for row in found[:PAGE]]
    following = ""
    if len(found) > PAGE:
        last = paging.mark(found[PAGE - 1].circular.id)
        following = url_for("console.circular_list", before=last)
    return render_template(
        "console/circulars.html", active="circulars", rows=rows, next_href=following
    )


def _row(row: Row) -> dict[str, Any]:
    circular = row.circular
    return {
        "href": url_for("console.circular_page", circular_id=circular.id),
        "kind_label": gettext(words.CIRCULAR_KINDS[circular.kind]),
        "days": _days(circular.first_day, circular.last_day),
        "number": circular.number or "",
        "state": circular.state,
        "state_label": gettext(words.CIRCULAR_STATES[circular.state]),
        "area": row.area,
        "units": row.units,
        "drafted": moment_text(circular.drafted_at),
        "next": gettext(_NEXT[row.step]) if row.is_mine(actor()) else gettext("查看"),
        "mine": row.is_mine(actor()),
    }


_NEXT = {
    "circular.check": "去核对",
    "circular.sign": "去签发",
    "circular.draft": "去修改",
    "circular.publish": "去核对更正",
}


def _days(first: date, last: date) -> str:
    return gettext("%(first)s至%(last)s", first=long_day_text(first), last=long_day_text(last))


@blueprint.get("/circulars/new")
@needs("circular.draft")
def new_circular() -> Page:
    """Show what a circular of a kind and period would say; of last month unless asked."""
    return _new(request.args.get("kind", ""), *_asked(), {})


def _asked() -> tuple[date | None, date | None]:
    """Return the days that were asked for: those of last month where none were."""
    said = [request.args.get(name, "") for name in ("first", "last")]
    if not any(said):
        last = local(now()).date().replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    return _day(said[0]), _day(said[1])


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _new(kind: str, first: date | None, last: date | None, errors: Mapping[str, str]) -> Page:
    kind = kind if kind in KINDS else KINDS[0]
    wrong, found = dict(errors), {"lateness": None, "problems": ()}
    why = ""
    try:
        period = drafting.check_period(first, last, local(now()).date())
        with read() as session:
            found = _preview(session, kind, period)
    except BadInput as bad:
        wrong = {**bad.fields, **wrong}
    except NotPermitted as away:
        why = gettext(away.told)
    page = render_template(
        "console/circular_new.html",
        active="circulars",
        kind=kind,
        kinds=KINDS,
        first=first or "",
        last=last or "",
        errors=wrong,
        why=why,
        fewest=FEWEST,
        language=request.method == "GET",
        **found,
    )
    return page, 422 if wrong else 200


def _preview(session: Session, kind: str, period: Period) -> dict[str, Any]:
    if kind == "problem":
        return {"lateness": None, "problems": drafting.problems_of(session, actor(), period)}
    return {"lateness": drafting.lateness_of(session, actor(), period, now()), "problems": ()}


@blueprint.post("/circulars")
@needs("circular.draft")
def draft_circular() -> Page:
    """Draft a circular of a kind and period (起草)."""
    kind, first, last = typed("kind"), typed_day("first"), typed_day("last")

    def work(session: Session) -> int:
        period = drafting.check_period(first, last, local(now()).date())
        if kind == "problem":
            items = {n for one in request.form.getlist("items") if (n := whole(one)) is not None}
            said = typed("text")
            drafted = drafting.draft_problem(session, actor(), period, items, said, now())
        else:
            drafted = drafting.draft_lateness(session, actor(), period, now())
        return drafted.id

    try:
        made = change(work)
    except BadInput as wrong:
        return _new(kind, first, last, wrong.fields)
    return redirect(url_for("console.circular_page", circular_id=made))


@blueprint.get("/circulars/<int:circular_id>")
@needs("circular.read")
def circular_page(circular_id: int) -> Page:
    """Show one circular with its texts, its figures and what was done with it."""
    return show(circular_id)


def show(
    circular_id: int, errors: Mapping[str, str] | None = None, form: str = "", status: int = 200
) -> Page:
    """Return the page of a circular; `form`: the one that was refused, with its `errors`."""
    shown = view(circular_id, errors, form, request.form.getlist("checks"))
    return render_template("console/circular.html", **shown), status


def view(
    circular_id: int,
    errors: Mapping[str, str] | None = None,
    form: str = "",
    ticked: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what the page of a circular, and each form of it, is drawn with; `ticked`: the points
    that somebody put a tick to in the form that was sent.
    """
    with read() as session:
        found = reading.whole(session, scope(), circular_id)
    circular = found.circular
    offers = circular_gate.offers(actor(), found.standing)
    return {
        "active": "circulars",
        "circular": circular,
        "found": found,
        "days": _days(circular.first_day, circular.last_day),
        "moves": offers,
        "refused": _refused(found, offers),
        "checks": [(key, gettext(words.CIRCULAR_CHECKS[key])) for key in CHECKS[circular.kind]],
        "history": history(found, list(reversed(found.entries))),
        "fewest": FEWEST,
        "errors": errors or {},
        "form": form,
        "ticked": ticked,
        "language": request.method == "GET",
    }


FORMS = "console/_circular_forms.html"
_MOVES = {
    "check": "circular_checked",
    "edit": "circular_edited",
    "return": "circular_returned",
    "cancel": "circular_cancelled",
    "withdraw": "circular_withdrawn",
    "correct": "correction_drafted",
    "publish_correction": "circular_corrected",
    "refuse_correction": "circular_corrected",
}


def offered(shown: Mapping[str, Any]) -> str:
    """Return the template of a circular's forms where the one that was sent is offered still."""
    return FORMS if _MOVES.get(shown["form"], "") in shown["moves"] else ""


def _refused(found: Whole, offers: set[str]) -> str:
    """Say why somebody who reads a circular cannot take its next step, where that is not plain."""
    waits = {"drafted": "circular_checked", "checked": "circular_issued"}
    move = waits.get(found.circular.state, "")
    if found.standing.waiting is not None:
        move = "circular_corrected"
    if not move or move in offers:
        return ""
    permission, whose = _WHOSE[move]
    why = circular_gate.refusal(actor(), found.standing, move) if can(permission) else ""
    return gettext(why or whose)


_WHOSE = {
    "circular_checked": (
        "circular.check",
        "由没有起草、改过这份通报的审核人员或督办负责人核对。",
    ),
    "circular_issued": ("circular.sign", "由分管领导签发。"),
    "circular_corrected": (
        "circular.publish",
        "更正由另一位督办负责人或分管领导核对公开。",
    ),
}


def history(found: Whole, entries: Sequence[CircularEntry]) -> list[tuple[str, str, str, str]]:
    """Return what was done with a circular, by some of its entries: when, what, by whom, why."""
    return [
        (
            moment_text(entry.at),
            gettext(words.CIRCULAR_MOVES[entry.verb]),
            found.people.get(entry.user_id, ""),
            str(circular_record.facts(entry).get("reason", "")),
        )
        for entry in entries
    ]


@blueprint.get("/circulars/<int:circular_id>/pdf")
@needs("circular.read")
def circular_pdf(circular_id: int) -> Page:
    """Hand out the document that goes to units as PDF; one that is not signed says so."""
    with read() as session:
        circular, office = _paper(session, circular_id)
    return circular_paper.pdf(circular, circular_paper.for_units(circular, office))


@blueprint.get("/circulars/<int:circular_id>/public.pdf")
@needs("circular.read")
def public_circular_pdf(circular_id: int) -> Page:
    """Hand out what everybody may read as PDF; one that is not public says so."""
    with read() as session:
        circular, office = _paper(session, circular_id)
        corrections = reading.published_corrections(session, circular)
    sheet = circular_paper.for_everybody(circular, corrections, office)
    others = (circular.published_at, *(one.decided_at for one in corrections))
    return circular_paper.pdf(circular, sheet, *others)


def _paper(session: Session, circular_id: int) -> tuple[Circular, str]:
    circular = reading.one(session, scope(), circular_id)
    return circular, offices.card_of(session, circular.area_code).name
