"""The blueprint of the administrators' pages and what they share."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow.intake.channels.webform import legible
from caseflow.refs import whole

Page = str | tuple[str, int] | Response | WerkzeugResponse

blueprint = Blueprint("admin", __name__, url_prefix="/console")


def number(name: str) -> int | None:
    """Return a number of the posted form; None where nothing, or no number, was sent."""
    return whole(request.form.get(name, ""))


def after() -> int:
    """Return the id that the page before ended with; 0 is the first page."""
    return whole(request.args.get("after", "")) or 0


def asked(name: str) -> str:
    """Return one word of the address, trimmed and without what no database takes."""
    return legible(request.args.get(name, "")).strip()
