"""A visit (实地核查) as it was typed into a form, on whichever audience's page."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from caseflow.clock import SHANGHAI, UTC
from caseflow.errors import BadInput
from caseflow.ledger.moves.visiting import Seen
from caseflow.refs import whole
from caseflow.web.edge import typed, typed_day
from caseflow.web.files import Brought

FIELDS = ("visitor", "companion", "others", "visit_day", "visit_time", "place", "saw")


def told(session: Session, pictures: Brought) -> Seen:
    """Return the visit that was typed; what is missing the verb says."""
    people = [found for name in ("visitor", "companion") if (found := whole(typed(name)))]
    others = typed("others").replace("，", "、").replace(",", "、").split("、")  # not said
    at = moment(typed_day("visit_day"), typed("visit_time"))
    if at is None and typed("visit_day") and typed("visit_time"):
        raise BadInput({"visit_time": "没有这个时间，请写成 14:30 这样"})
    return Seen(at, typed("place"), typed("saw"), people, others, pictures.named(session))


def moment(day: date | None, clock: str) -> datetime | None:
    """Return the moment of a day and a time as people type it; None for what is none."""
    hour, _, minute = clock.replace("：", ":").partition(":")  # not said
    if day is None:
        return None
    try:
        return datetime.combine(day, time(int(hour), int(minute)), SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
