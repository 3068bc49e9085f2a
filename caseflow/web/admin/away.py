"""Somebody's absence, entered or ended by a supervisor or an administrator."""

from caseflow.people import absences
from caseflow.web.admin.frame import Page, blueprint, number
from caseflow.web.admin.people import settle_person
from caseflow.web.away import asked_days
from caseflow.web.edge import actor, needs, now
from caseflow.web.locale import gettext


@blueprint.post("/people/<int:user_id>/away")
@needs("people.send_away")
def send_away(user_id: int) -> Page:
    """Say when somebody is away and who stands in."""
    days, stand_in = asked_days(), number("stand_in")
    return settle_person(
        user_id,
        "away",
        lambda s: absences.enter(s, actor(), user_id, days, stand_in, now()),
        gettext("已登记外出。"),
    )


@blueprint.post("/people/<int:user_id>/away/end")
@needs("people.send_away")
def call_back(user_id: int) -> Page:
    """End somebody's absence early, or call it off."""
    which = number("absence") or 0
    return settle_person(
        user_id,
        "",
        lambda s: absences.end(s, actor(), user_id, which, now()),
        gettext("外出已结束。"),
    )
