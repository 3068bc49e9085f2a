"""What the desk's sheet says of another office: who sends, under which number, by when. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from caseflow.clock import SHANGHAI, local
from caseflow.intake.report import HandedDown

FIELDS = (
    *("sender", "sender_number", "received_day", "received_time", "due_day", "due_time"),
    *("report_back", "back_day", "back_time", "instructed", "title", "pasted"),
)
LONGEST_PASTED = 100_000
LONGEST = {"sender": 120, "sender_number": 120, "title": 200, "pasted": LONGEST_PASTED}

# A hand-down may come late, but a due moment far off is a slip of the finger.
_LATEST_PAST, _FARTHEST = timedelta(days=60), timedelta(days=730)


def problems(said: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return field name to message for what is said of the sender; empty when all can be taken."""
    wrong = {}
    if not said["sender"]:
        wrong["sender"] = "请写明交办单位"
    if said["received_day"] or said["received_time"]:
        sent = _moment(said["received_day"], said["received_time"])
        if sent is None:
            wrong["received_day"] = "请写明交办日期，例如 2026-03-03"
        elif not now - _FARTHEST < sent or local(sent).date() > local(now).date():
            wrong["received_day"] = "交办日期在今天以后，或离今天太远，请核对"
    for name, told in (
        ("due", ("请写明限办日期，例如 2026-03-06", "限办日期离今天太远，请核对年份")),
        ("back", ("请写明回报期限，例如 2026-03-06", "回报期限离今天太远，请核对年份")),
    ):
        day, at = said[f"{name}_day"], said[f"{name}_time"]
        due = imposed_due(day, at) if day or at else now
        if due is None:
            wrong[f"{name}_day"] = told[0]
        elif not now - _LATEST_PAST < due < now + _FARTHEST:
            wrong[f"{name}_day"] = told[1]
    return wrong


def handed_down(said: Mapping[str, str]) -> HandedDown:
    """Return what a sheet without problems says of the sender."""
    return HandedDown(
        sender=said["sender"],
        number=said["sender_number"],
        due=imposed_due(said["due_day"], said["due_time"]),
        report_back=bool(said["report_back"] or said["back_day"]),
        instructed=bool(said["instructed"]),
        sent_at=_moment(said["received_day"], said["received_time"]),
        back_due=imposed_due(said["back_day"], said["back_time"]),
    )


def imposed_due(day: str, at: str) -> datetime | None:
    """Return a due moment set from outside: the end of the Shanghai day unless an hour is said.

    `day` is ISO (2026-03-06), `at` is HH:MM or empty. None when they are no moment.
    """
    if at:
        return _moment(day, at)
    begun = _moment(day, "")
    try:  # 24:00 of that day is the first moment of the next
        return begun + timedelta(days=1) if begun else None
    except OverflowError:
        return None


def _moment(day: str, at: str) -> datetime | None:
    """Return the moment of a day of Shanghai, its beginning unless an hour is said."""
    try:
        hour = time.fromisoformat(at) if at else time()
        return datetime.combine(date.fromisoformat(day), hour, SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):  # the first and the last day that a calendar can name
        return None
