"""Where providers call: a telephone exchange, a text gateway, Twilio. No person opens these."""

from caseflow.web.hooks import sms, telephony, voice
from caseflow.web.hooks.frame import blueprint

__all__ = ["blueprint", "sms", "telephony", "voice"]
