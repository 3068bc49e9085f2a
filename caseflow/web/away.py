"""The form that says when somebody is away, on their own page and on an administrator's."""

from datetime import date
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.people import absences
from caseflow.people.tables import User
from caseflow.web.edge import now, typed_day
from caseflow.web.locale import gettext


def asked_days() -> tuple[date | None, date | None]:
    """Return the first and the last day that were typed."""
    return typed_day("first_day"), typed_day("last_day")


def going_away(session: Session, user: User, again: bool) -> dict[str, Any]:
    """Return what the form and the list beside it show; `again`: as it was sent."""
    people = absences.candidates(session, user) if user.active else []
    return {
        "rows": absences.of(session, user.id, now()),
        "people": [(one.id, f"{one.name} · {gettext(words.ROLES[one.role])}") for one in people],
        "today": local(now()).date().isoformat(),
        "values": request.form if again else {},
    }
