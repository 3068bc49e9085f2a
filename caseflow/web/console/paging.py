"""Keyset pages: where the last page ended travels in the address, never a page number."""

from datetime import UTC, datetime

from flask import request

from caseflow.ledger.queries import Place
from caseflow.refs import whole


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # no moment, or one that UTC has no year for
        return None


def after_place() -> Place | None:
    """Return the place in the work list that the page before ended with."""
    rank, _, rest = request.args.get("after", "").partition("_")
    when, _, number = rest.rpartition("_")
    moment, ranked, last = _moment(when), whole(rank), whole(number)
    if moment is None or ranked is None or last is None:
        return None
    return Place(ranked, moment, last)


def mark(*parts: object) -> str:
    """Return a place as it stands in the address."""
    return "_".join(part.isoformat() if isinstance(part, datetime) else str(part) for part in parts)
