"""What Twilio is to do with a call, in its own words (TwiML), written by its library."""

from collections.abc import Sequence
from typing import Any

from caseflow.intake.telephony import Dial, HangUp, Record, Say, Step


def script(steps: Sequence[Step]) -> str:
    """Return the TwiML document that does these steps one after the other."""
    from twilio.twiml.voice_response import VoiceResponse

    answer: Any = VoiceResponse()
    for step in steps:
        if isinstance(step, Say):
            answer.say(step.words, language=step.language)
        elif isinstance(step, Dial):
            _dial(answer, step)
        elif isinstance(step, Record):
            answer.record(
                max_length=step.seconds,
                finish_on_key="#",
                play_beep=True,
                action=step.after,
                recording_status_callback=step.told,
                recording_status_callback_event="completed",
            )
        elif isinstance(step, HangUp):
            answer.hangup()
    return str(answer)


def _dial(answer: Any, step: Dial) -> None:
    taped = {
        "record": "record-from-answer-dual",
        "recording_status_callback": step.recorded,
        "recording_status_callback_event": "completed",
    }
    dial = answer.dial(timeout=step.seconds, action=step.after, **(taped if step.recorded else {}))
    dial.number(
        step.number, status_callback=step.told, status_callback_event="ringing answered completed"
    )
