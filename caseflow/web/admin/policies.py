"""The rules of time and both ladders, in words."""

from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from caseflow.deadlines import listed
from caseflow.deadlines.policies import Policy, Scope, in_force
from caseflow.web.admin.frame import Page, blueprint
from caseflow.web.admin.ladder_words import LADDERS, variant_rows
from caseflow.web.admin.rule_words import (
    about_text,
    amount_text,
    area_names,
    clock_text,
    how_text,
    pause_text,
    plain_day,
    since_text,
)
from caseflow.web.edge import needs, now, read
from caseflow.web.locale import gettext


@blueprint.get("/policies")
@needs("policy.read")
def policies() -> Page:
    """Show every rule of time that holds, and each ladder as new promises climb it."""
    with read() as session:
        rows = _rules(session)
        newest: dict[str, dict[str, Any]] = {}
        for ladder, since in listed.ladders(session):
            newest.setdefault(
                ladder.name,
                {
                    "href": url_for("admin.ladder", name=ladder.name),
                    "name": gettext(LADDERS.get(ladder.name, ladder.name)),
                    "version": ladder.version,
                    "since": plain_day(since),
                    "variants": variant_rows(ladder),
                },
            )
    return render_template(
        "admin/policies.html",
        active="policies",
        rows=[row for row in rows if not row["ended"]],
        ended=[row for row in rows if row["ended"]],
        ladders=list(newest.values()),
    )


def _rules(session: Session) -> list[dict[str, Any]]:
    """Return the rules: of each the version that holds, or the one to come where none does yet."""
    found = listed.policies(session)
    holds = in_force(found, now())
    last: dict[Scope, Policy] = {}
    for one in found:
        last[one.scope] = max(last.get(one.scope, one), one, key=lambda policy: policy.version)
    areas = area_names(session, last)
    return [_rule(holds.get(scope), latest, areas) for scope, latest in last.items()]


def _rule(policy: Policy | None, latest: Policy, areas: Any) -> dict[str, Any]:
    shown = policy or latest
    coming = latest if latest.effective_from > now() else None
    return {
        "href": url_for("admin.policy", id=shown.id),
        "clock": clock_text(shown.clock),
        "about": about_text(shown.scope, areas),
        "amount": amount_text(shown.amount, shown.unit),
        "how": how_text(shown),
        "pause": pause_text(shown),
        "ladder": gettext(LADDERS.get(shown.ladder, shown.ladder)),
        "version": shown.version,
        "since": plain_day(shown.effective_from),
        "coming": coming_text(coming) if coming else "",
        "ended": shown.withdrawn and coming is None,
    }


def coming_text(coming: Policy) -> str:
    """Return when a version that was decided begins."""
    day = since_text(coming.effective_from)
    if coming.withdrawn:
        return gettext("%(day)s起停用", day=day)
    return gettext("第 %(n)d 版 %(day)s起生效", n=coming.version, day=day)
