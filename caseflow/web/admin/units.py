"""The register of units: what the public can report, who verifies, and the office's own card."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import in_hand
from caseflow.ledger.moves import handing
from caseflow.people import names, recusals, staff_list, units
from caseflow.people.tables import Unit
from caseflow.people.units import PAGE, Details, Filters, Registered
from caseflow.web.admin.frame import Page, after, asked, blueprint, number, settle
from caseflow.web.edge import actor, can, change, needs, now, read, typed
from caseflow.web.locale import gettext

_STILL_VERIFIES = "这个单位或它管理的单位还有没办完的核查事项，办完后才能改主管单位"


@blueprint.get("/units")
@needs("people.read")
def register() -> Page:
    """Show the units of one's areas."""
    filters = Filters(asked("q"), asked("kind"), asked("state") or "active")
    with read() as session:
        found = units.register(session, actor(), filters, after())
    following = ""
    if len(found) > PAGE:
        last = found[PAGE - 1].unit.id
        following = url_for(
            "admin.register", after=last, q=filters.words, kind=filters.kind, state=filters.state
        )
    return render_template(
        "admin/units.html",
        active="people",
        rows=[_row(one) for one in found[:PAGE]],
        filters=filters,
        kinds=_kinds(),
        next_href=following,
    )


def _kinds() -> list[tuple[str, str]]:
    return [(kind, gettext(words.UNIT_KINDS[kind])) for kind in units.KINDS]


def _row(one: Registered) -> dict[str, Any]:
    return {
        "href": url_for("admin.unit", unit_id=one.unit.id),
        "name": one.unit.name,
        "kind": gettext(words.UNIT_KINDS[one.unit.kind]),
        "area": one.area,
        "people": one.people,
        "active": one.unit.active,
    }


@blueprint.get("/units/new")
@needs("people.edit")
def new_unit() -> Page:
    """Show the form for a new unit."""
    return _form()


def _form(errors: Mapping[str, str] | None = None, status: int = 200) -> Page:
    with read() as session:
        options = _options(session, None)
    body = render_template(
        "admin/unit_new.html",
        active="people",
        values=request.form,
        errors=errors or {},
        language=request.method == "GET",
        **options,
    )
    return body, status


def _options(session: Session, unit: Unit | None) -> dict[str, Any]:
    areas = {one.code: one.name for one in staff_list.areas(session, actor())}
    if unit is not None:
        areas |= names.areas(session, {unit.area_code})
    return {
        "kinds": _kinds(),
        "areas": list(areas.items()),
        "above": [(one.id, one.name) for one in units.above(session, actor(), unit)],
    }


def _details() -> Details:
    return Details(
        name=" ".join(typed("name").split()),  # pasted lists bring wide and unbreakable spaces
        kind=typed("kind"),
        area_code=typed("area"),
        managed_by=number("managed_by"),
        phone=typed("phone"),
        email=typed("email"),
        address=typed("address"),
        hours=typed("hours"),
    )


@blueprint.post("/units")
@needs("people.edit")
def create_unit() -> Page:
    """Enter a unit."""
    try:
        unit_id = change(lambda s: units.create(s, actor(), _details(), now()).id)
    except BadInput as wrong:
        return _form(wrong.fields, 422)
    flash(gettext("单位已登记。请给它设岗位和账号。"), "success")
    return redirect(url_for("admin.unit", unit_id=unit_id))


@blueprint.get("/units/<int:unit_id>")
@needs("people.read")
def unit(unit_id: int) -> Page:
    """Show one unit: what the register says of it, its posts, what it has in hand."""
    return _shown(unit_id)


def _shown(
    unit_id: int, errors: Mapping[str, str] | None = None, form: str = "", status: int = 200
) -> Page:
    with read() as session:
        found = units.in_reach_of(session, actor(), unit_id)
        higher = names.units(session, {found.managed_by} if found.managed_by else set())
        body = render_template(
            "admin/unit.html",
            active="people",
            unit=found,
            area=names.areas(session, {found.area_code})[found.area_code],
            managed_by=higher[found.managed_by].name if found.managed_by else "",
            open_items=in_hand.open_items(session, unit_id),
            values=request.form if form == "change" else _values(found),
            errors=errors or {},
            form=form,
            language=request.method == "GET",
            **(_options(session, found) if can("people.edit") else {}),
        )
    return body, status


def _values(found: Unit) -> dict[str, Any]:
    return {
        "name": found.name,
        "kind": found.kind,
        "area": found.area_code,
        "managed_by": found.managed_by or "",
        "phone": found.phone,
        "email": found.email,
        "address": found.address,
        "hours": found.hours,
    }


def _settle(unit_id: int, form: str, work: Callable[[Session], object], done: str) -> Page:
    """Carry out a change of a unit and show it again, with what hindered it if anything."""
    there = url_for("admin.unit", unit_id=unit_id)
    return settle(work, done, there, lambda wrong, code: _shown(unit_id, wrong, form, code))


@blueprint.post("/units/<int:unit_id>/change")
@needs("people.edit")
def change_unit(unit_id: int) -> Page:
    """Change what the register says of a unit."""
    details = _details()

    def work(session: Session) -> None:
        was = units.in_reach_of(session, actor(), unit_id).managed_by
        units.change(session, actor(), unit_id, details, now())
        session.flush()
        handing.kept_away(session, actor(), now())
        below = recusals.with_those_below(session, unit_id)
        if details.managed_by not in (None, was) and in_hand.to_verify(session, below):
            raise BadInput({"managed_by": _STILL_VERIFIES})

    return _settle(unit_id, "change", work, gettext("单位已修改。"))


@blueprint.post("/units/<int:unit_id>/close")
@needs("people.edit")
def close_unit(unit_id: int) -> Page:
    """Take a unit off the lists once it has nothing in hand."""

    def work(session: Session) -> None:
        units.close(session, actor(), unit_id, now())
        if in_hand.open_items(session, unit_id):
            raise MoveNotAllowed("这个单位还有没办完的事项")

    return _settle(unit_id, "close", work, gettext("单位已停用。"))


@blueprint.post("/units/<int:unit_id>/reopen")
@needs("people.edit")
def reopen_unit(unit_id: int) -> Page:
    """Put a closed unit back on the lists."""
    done = gettext("单位已恢复。")
    return _settle(unit_id, "reopen", lambda s: units.reopen(s, actor(), unit_id, now()), done)
