"""A telephone exchange or trunk tells of calls (docs/telephone.md): ringing, answered, hung up,
what was recorded. Told that a call rings, we answer with whom to ring.
"""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from flask import abort
from sqlalchemy.orm import Session

from caseflow.intake import calls, duty, recordings
from caseflow.intake.calls import Told
from caseflow.web import edge
from caseflow.web.hooks.frame import Answer, blueprint, by_secret, plain, told
from config import MIB

PROVIDER = "generic"
LONGEST_ID = 100
LONGEST_NUMBER = 40
LARGEST_RECORDING = 24 * MIB
"""Bytes of the whole message, of which the sound is three quarters: an hour and more as MP3."""

_EVENTS = ("ringing", "answered", "hung_up")


@blueprint.post("/telephony")
@by_secret
def telephony() -> Answer:
    """Take in what an exchange tells of a call; where it rings, answer with the numbers to ring, in
    their order, parted by commas.
    """
    said = told()
    if said.get("event") not in _EVENTS:
        abort(400)
    what, rooms, now = _told(said, said["event"]), edge.rooms(), edge.now()

    def work(session: Session) -> list[str]:
        calls.take(session, rooms.ring, rooms.area, what, now)
        ring = what.what == "ringing" and not what.line
        return list(duty.to_ring(session, rooms.ring, rooms.area)) if ring else []

    numbers = edge.change(work)
    return plain(",".join(numbers) + "\n") if numbers else plain()


def _recording() -> Answer:
    """Keep what an exchange recorded of a call: `audio` in base64, whatever format it says."""
    said = told()
    what, rooms, now = _told(said, "recording"), edge.rooms(), edge.now()
    lies = rooms.accept(_audio(said.get("audio")))

    def work(session: Session) -> None:
        call = calls.take(session, rooms.ring, rooms.area, what, now)
        recordings.sent(session, call, lies, now)

    edge.change(work)
    return plain()


_recording.holds = LARGEST_RECORDING  # type: ignore[attr-defined]  # the frame bounds it
recording = blueprint.post("/telephony/recording", endpoint="recording")(by_secret(_recording))


def _audio(said: object) -> bytes:
    try:
        found = base64.b64decode(said, validate=True) if isinstance(said, str) else b""
    except (binascii.Error, ValueError):
        found = b""
    return found or abort(400)


def _told(said: dict[str, Any], what: str) -> Told:
    """Return what was told of a call. Answers 400 where it names none, or no moment; a number that
    is none was withheld: whatever callers call themselves, the call is kept.
    """
    call = _text(said, "call", LONGEST_ID) or abort(400)
    number, line = (_text(said, name, LONGEST_NUMBER) for name in ("from", "line"))
    return Told(PROVIDER, call, what, _moment(said.get("at")), number, line)


def _text(said: dict[str, Any], name: str, longest: int) -> str:
    """Return a text that was said, nothing where it is none or none that can be kept."""
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        return ""
    return value.strip()


def _moment(said: object) -> datetime | None:
    """Return the moment that was said: seconds since 1970, or ISO 8601 with its zone."""
    if said is None:
        return None
    try:
        if isinstance(said, int | float):
            return datetime.fromtimestamp(said, UTC)
        at = datetime.fromisoformat(str(said))
        return at.astimezone(UTC) if at.tzinfo is not None else abort(400)
    except (ValueError, OverflowError, OSError):
        abort(400)
