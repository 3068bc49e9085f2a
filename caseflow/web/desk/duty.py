"""The duty list: one page that says who is rung now, next and in reserve, and changes it."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake import duty
from caseflow.refs import whole
from caseflow.web import edge
from caseflow.web.desk.frame import Page, blueprint
from caseflow.web.edge import can, needs, typed
from caseflow.web.locale import gettext, moment_text

PLACES = ("现在", "下一位")


@blueprint.get("/duty")
@needs("duty.read")
def duty_list() -> Page:
    """Show who is on duty, in order."""
    return _page({})


def _page(errors: Mapping[str, str], status: int = 200) -> Page:
    me, ring = edge.actor(), edge.rooms().ring
    with edge.read() as session:
        found = duty.listed(session, ring, me)
        people = duty.candidates(session, me) if can("duty.edit") else ()
        lines = [
            {
                "id": one.id,
                "place": gettext(PLACES[n]) if n < len(PLACES) else gettext("备用"),
                "name": one.name,
                "active": one.active,
                "number": one.number,
                "at": moment_text(one.set_at),
                "first": n == 0,
                "last": n == len(found) - 1,
            }
            for n, one in enumerate(found)
        ]
        body = render_template(
            "desk/duty.html",
            active="desk",
            lines=lines,
            people=[(str(user.id), user.name) for user in people],
            form=request.form,
            errors={name: gettext(told) for name, told in errors.items()},
            language=request.method == "GET",
        )
    return body, status


def _changed(work: Callable[[Session], None], said: str) -> Page:
    try:
        edge.change(work)
    except BadInput as wrong:
        return _page(wrong.fields, 422)
    except MoveNotAllowed as before:
        return _page({"": before.told}, 409)
    flash(gettext(said), "success")
    return redirect(url_for(".duty_list"))


@blueprint.post("/duty")
@needs("duty.edit")
def put_on_duty() -> Page:
    """Put somebody at the end of the list."""
    me, at, ring = edge.actor(), edge.now(), edge.rooms().ring
    user, number = whole(typed("user")) or 0, typed("number")
    return _changed(
        lambda session: duty.put_on(session, ring, me, user, number, at), "已列入值班表。"
    )


@blueprint.post("/duty/<int:line_id>/number")
@needs("duty.edit")
def change_duty_number(line_id: int) -> Page:
    """Ring somebody at another number from now on."""
    me, at, ring = edge.actor(), edge.now(), edge.rooms().ring
    number = typed(f"number-{line_id}")
    return _changed(
        lambda session: duty.change_number(session, ring, me, line_id, number, at), "号码已更改。"
    )


@blueprint.post("/duty/<int:line_id>/move/<any(first, up, down):where>")
@needs("duty.edit")
def move_duty(line_id: int, where: str) -> Page:
    """Put somebody first, or one place up or down."""
    me, at = edge.actor(), edge.now()
    return _changed(lambda session: duty.move(session, me, line_id, where, at), "顺序已更改。")


@blueprint.post("/duty/<int:line_id>/off")
@needs("duty.edit")
def take_off_duty(line_id: int) -> Page:
    """Take somebody off the list."""
    me = edge.actor()
    return _changed(lambda session: duty.take_off(session, me, line_id), "已从值班表去掉。")
