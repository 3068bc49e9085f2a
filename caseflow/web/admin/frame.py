"""The blueprint of the administrators' pages and what they share."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake.channels.webform import legible
from caseflow.refs import whole
from caseflow.web import edge

Page = str | tuple[str, int] | Response | WerkzeugResponse

blueprint = Blueprint("admin", __name__, url_prefix="/console")


def settle(
    work: Callable[[Session], object],
    done: str,
    there: str,
    again: Callable[[Mapping[str, str], int], Page],
) -> Page:
    """Carry out a change and go on `there`, or show the page `again` with what hindered it."""
    try:
        edge.change(work)
    except BadInput as wrong:
        return again(wrong.fields, 422)
    except MoveNotAllowed as gone:
        return again({"": gone.told}, 409)
    flash(done, "success")
    return redirect(there)


def number(name: str) -> int | None:
    """Return a number of the posted form; None where nothing, or no number, was sent."""
    return whole(request.form.get(name, ""))


def after() -> int:
    """Return the id that the page before ended with; 0 is the first page."""
    return whole(request.args.get("after", "")) or 0


def asked(name: str) -> str:
    """Return one word of the address, trimmed and without what no database takes."""
    return legible(request.args.get(name, "")).strip()
