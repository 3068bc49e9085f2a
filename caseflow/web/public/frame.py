"""The public's blueprint, and what all its pages share."""

from flask import Blueprint, Response, make_response, render_template
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from caseflow.web import proof

blueprint = Blueprint("public", __name__)


@blueprint.record_once
def _check_forms_here(state: BlueprintSetupState) -> None:
    """Let this room check its forms itself: a missing cookie must not lose what was typed."""
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """Say the limits: nothing of such a form was read, and nothing kept."""
    return render_template("errors/413.html", limit_text=proof.limits_told()), 413


def page(template: str, status: int = 200, **values: object) -> Response:
    """Return a page that no browser and no proxy keeps."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response
