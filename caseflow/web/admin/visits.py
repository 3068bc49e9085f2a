"""Which categories demand an on-the-spot visit before an item is struck off."""

from flask import render_template, request, url_for

from caseflow import words
from caseflow.deadlines.defaults import IN_FORCE_FROM as ALWAYS
from caseflow.ledger import visits as rules
from caseflow.web.admin.frame import Page, blueprint, settle
from caseflow.web.edge import actor, needs, now, read
from caseflow.web.locale import gettext, moment_text


@blueprint.get("/policies/visits")
@needs("policy.read")
def visits() -> Page:
    """Show which categories demand a visit, and since when."""
    return _page("")


@blueprint.post("/policies/visits")
@needs("policy.edit")
def demand_visits() -> Page:
    """Say which categories demand a visit from now on."""
    chosen = request.form.getlist("categories")
    return settle(
        lambda s: rules.demand(s, actor(), chosen, now()),
        gettext("已保存，从现在起适用。"),
        url_for("admin.visits"),
        lambda wrong, status: (_page(gettext(next(iter(wrong.values())))), status),
    )


def _page(error: str) -> str:
    with read() as session:
        since = rules.demanding(session)
    rows = [
        {
            "code": code,
            "label": gettext(label),
            "on": code in since,
            "since": moment_text(since[code]) if since.get(code, ALWAYS) > ALWAYS else "",
        }
        for code, label in words.CATEGORIES.items()
    ]
    return render_template("admin/visits.html", active="policies", rows=rows, error=error)
