"""The console's blueprint and what its pages share."""

from flask import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow.people.permissions import require
from caseflow.people.scope import Scope, scope_of
from caseflow.web import edge

Page = str | tuple[str, int] | Response | WerkzeugResponse

blueprint = Blueprint("console", __name__, url_prefix="/console")


@blueprint.before_request
def office_only() -> None:
    """Keep people of units and inspectors out: what they hold has pages of its own."""
    if edge.signed_in():
        require(edge.actor(), "ledger.read")


def scope() -> Scope:
    """Return how far whoever is signed in sees."""
    return scope_of(edge.actor())
