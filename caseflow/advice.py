"""What `caseflow doctor` asks about settings; nothing here keeps an office from starting."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from config import Settings

_MAINLAND = range(11, 66)
"""The first two digits of the divisions of the mainland (GB/T 2260)."""
_HERE = ("127.0.0.1", "::1", "localhost")


def of(settings: Settings) -> Iterator[str]:
    """Yield one line for each thing that somebody should look at."""
    for name in settings.halves:
        yield f"warning: {name} is missing or too short: half of a configuration does nothing"
    if settings.has_twilio and is_mainland(settings.area):
        yield (
            f"warning: Twilio is a provider outside the mainland, and {settings.area} is a"
            " division of it: numbers and words of reporters would leave the country;"
            " docs/telephone.md shows how to connect a provider here"
        )
    at = urlsplit(settings.sms_url)
    if settings.sms_url and at.scheme != "https" and at.hostname not in _HERE:
        yield "warning: CASEFLOW_SMS_URL is not https: numbers and token travel in the open"
    if settings.has_gateway and not settings.hook_secret:
        yield "warning: without CASEFLOW_HOOK_SECRET no gateway can tell what became of a message"


def is_mainland(area: str) -> bool:
    """Tell whether a division code is one of the mainland."""
    return area[:2].isdecimal() and int(area[:2]) in _MAINLAND
