"""Twilio rings: greeting, the duty list one by one, then a voicemail. No number is in an address.

What the caller hears next is decided anew at each step from the duty list as it stands. What
becomes of the call is told by callbacks that come in any order, and twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import cast

from flask import Response, current_app, request, url_for
from sqlalchemy.orm import Session

from caseflow.intake import calls, duty, recordings
from caseflow.intake.calls import Told
from caseflow.intake.telephony import Dial, HangUp, Record, Say, Script, Step
from caseflow.people.office import card_of
from caseflow.refs import whole
from caseflow.web import edge
from caseflow.web.hooks.frame import Answer, blueprint, by_twilio, plain

PROVIDER = "twilio"
VOICEMAIL_SECONDS = 300
_ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
_WITHHELD = ("anonymous", "restricted", "unavailable", "+266696687", "+8656696", "+464")
"""What Twilio says in place of a number that was withheld."""

# Spoken, not shown.
_WELCOME = "您好，这里是%(office)s。"  # not said
_WELCOME_EN = "Hello, this is the education supervision office."
_TAPED = "为了如实记录，本次通话将被录音。"  # not said
_TAPED_EN = "This call is recorded."
_LEAVE = "现在没有人接听。请在提示音后留言，说完按井号键。我们会尽快给您回电。孩子有危险，请拨打 110。"  # not said  # noqa: E501
_LEAVE_EN = (
    "Nobody can answer now. Please leave a message after the tone and press the hash key. "
    "We will call you back. If a child is in danger, dial 110."
)
_BYE = "已经记下，我们会尽快给您回电。再见。"  # not said


@blueprint.post("/voice")
@by_twilio
def voice() -> Answer:
    """Somebody calls: greet them and ring the first on the duty list."""
    _take("ringing", _said_at())
    return _script([*_greeting(), *_ring(0)])


@blueprint.post("/voice/next")
@by_twilio
def voice_next() -> Answer:
    """A ringing came to its end: hang up where somebody had answered, else ring the next one."""
    if request.form.get("DialCallStatus") in ("completed", "answered"):
        talked = whole(request.form.get("DialCallDuration", "")) or 0
        _take("answered", edge.now() - timedelta(seconds=talked))
        return _script([HangUp()])
    return _script(_ring(whole(request.args.get("n", "")) or 0))


@blueprint.post("/voice/leg")
@by_twilio
def voice_leg() -> Answer:
    """Somebody's telephone on the duty list rings, or was taken up."""
    what = {"ringing": "ringing", "in-progress": "answered"}.get(request.form.get("CallStatus", ""))
    parent = request.form.get("ParentCallSid", "")
    if what and parent:
        _take(what, _said_at(), call=parent, number="", line=request.form.get("To", ""))
    return plain()


@blueprint.post("/voice/status")
@by_twilio
def voice_status() -> Answer:
    """The call is over; while it is not, nothing is said that the ringing does not say."""
    if request.form.get("CallStatus") in _ENDED:
        _take("hung_up", _said_at())
    return plain()


@blueprint.post("/voice/recording")
@by_twilio
def voice_recording() -> Answer:
    """Something was recorded: note where it lies; the job fetches it."""
    sid, now, rooms = request.form.get("RecordingSid", ""), edge.now(), edge.rooms()
    if request.form.get("RecordingStatus", "completed") == "completed" and sid:
        what = _told("recording", now)

        def work(session: Session) -> None:
            call = calls.take(session, rooms.ring, rooms.area, what, now)
            recordings.told(session, call, f"recording:{sid}", now)

        edge.change(work)
    return plain()


@blueprint.post("/voice/left")
@by_twilio
def voice_left() -> Answer:
    """A message was left: say so and hang up."""
    return _script([Say(_BYE, "zh-CN"), HangUp()])


def _take(
    what: str,
    at: datetime | None = None,
    *,
    call: str | None = None,
    number: str | None = None,
    line: str = "",
) -> None:
    told, rooms, now = _told(what, at, call, number, line), edge.rooms(), edge.now()
    edge.change(lambda session: calls.take(session, rooms.ring, rooms.area, told, now).id)


def _told(
    what: str,
    at: datetime | None = None,
    call: str | None = None,
    number: str | None = None,
    line: str = "",
) -> Told:
    sid = request.form.get("CallSid", "") if call is None else call
    caller = request.form.get("From", "") if number is None else number
    known = "" if caller.lower() in _WITHHELD else caller
    return Told(PROVIDER, sid[:100], what, at, known, line)


def _said_at() -> datetime | None:
    """Return when Twilio says that it happened; callbacks overtake one another."""
    try:
        at = parsedate_to_datetime(request.form.get("Timestamp", ""))
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _greeting() -> list[Step]:
    with edge.read() as session:
        office = card_of(session, edge.rooms().area).name
    said: list[Step] = [Say(_WELCOME % {"office": office}, "zh-CN"), Say(_WELCOME_EN, "en-GB")]
    if edge.settings().record_calls:
        said += [Say(_TAPED, "zh-CN"), Say(_TAPED_EN, "en-GB")]
    return said


def _ring(n: int) -> list[Step]:
    """Ring number `n` of the duty list; behind its end, ask for a message."""
    rooms, settings = edge.rooms(), edge.settings()
    with edge.read() as session:
        numbers = duty.to_ring(session, rooms.ring, rooms.area)
    if n >= len(numbers):
        return [
            Say(_LEAVE, "zh-CN"),
            Say(_LEAVE_EN, "en-GB"),
            Record(VOICEMAIL_SECONDS, _at("voice_left"), _at("voice_recording")),
            HangUp(),
        ]
    taped = _at("voice_recording") if settings.record_calls else ""
    after, leg = _at("voice_next", n=n + 1), _at("voice_leg")
    return [Dial(numbers[n], settings.ring_seconds, after, leg, taped)]


def _at(name: str, n: int | None = None) -> str:
    path = url_for(f".{name}") if n is None else url_for(f".{name}", n=n)
    return edge.settings().public_url.rstrip("/") + path


def _script(steps: Sequence[Step]) -> Answer:
    script = cast(Script, current_app.extensions["caseflow.voice"])
    return Response(script(steps), mimetype="text/xml")
