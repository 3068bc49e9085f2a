"""Is this form one of ours, and whose letter is it? (CSRF, confirmation, ticket)

A form is proven by the session cookie. Where a browser keeps none (some in-app browsers, cookies
switched off) the page comes back with everything typed and a sealed confirmation in the form;
sent once more it counts. A reporter has no rights that a foreign page could misuse with it.

The ticket of the tracking page is sealed too and lives in the form, never in an address. Leaving
changes the session's token, so that nobody can go back and send the old forms again.
"""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, request, session
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from caseflow.crypto.keys import SealBroken
from caseflow.web import edge

CONFIRMED_FOR = timedelta(hours=1)  # the second press follows the first at once
TICKET_FOR = timedelta(minutes=30)
SENT_FOR = timedelta(hours=2)

_CONFIRMATION = "public:confirmation"
_TICKET = "public:ticket"
_SENT = "public:sent"
_RECEIPT = "public:receipt"


@dataclass(frozen=True)
class Ticket:
    """Number and code were proven. `loose`: by a browser that keeps no cookie."""

    report_id: int
    loose: bool


def new_nonce() -> str:
    """Return a form's own number; the receipt is derived from it, so nobody may guess it."""
    return secrets.token_urlsafe(24)


def proven() -> bool:
    """Tell whether the form was made by us for this browser's session."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def confirmed(about: str, lasts: timedelta = CONFIRMED_FOR) -> bool:
    """Tell whether the form carries our confirmation for `about`: its key, or a purpose."""
    opened = _opened(request.form.get("confirmation", ""), _CONFIRMATION, lasts)
    return opened is not None and opened["about"] == about


def confirmation(about: str) -> str:
    """Return what lets the next try count: without a cookie, or within a time."""
    return _sealed({"about": about}, _CONFIRMATION)


def ticket_for(report_id: int, *, loose: bool) -> str:
    """Return a ticket for the tracking page's forms, good for 30 minutes from now."""
    return _sealed({"report": report_id, "loose": loose}, _TICKET)


def ticket() -> Ticket | None:
    """Return the ticket that the form carries, None when it is missing, false, or over."""
    opened = _opened(request.form.get("ticket", ""), _TICKET, TICKET_FOR)
    if opened is None:
        return None
    found = Ticket(int(str(opened["report"])), bool(opened["loose"]))
    return found if found.loose or proven() else None


def remember_sent(key: str) -> None:
    """Keep in this browser's session which form it sent last, legible to us alone.

    No browser keeps the form's page: going back from the receipt gets a fresh one, with a number of
    its own, into which many browsers put what was typed.
    """
    session["sent"] = _sealed({"about": key}, _SENT)


def last_sent() -> str:
    """Return the key of the form that this browser sent last, or nothing."""
    opened = _opened(str(session.get("sent", "")), _SENT, SENT_FOR)
    return str(opened["about"]) if opened else ""


def receipt_again(key: str) -> str:
    """Return what shows a receipt once more to the browser that has it on its screen, for 30
    minutes; nothing where it keeps no cookie.
    """
    return _sealed({"about": key}, _RECEIPT) if proven() else ""


def receipt_asked() -> str:
    """Return the key of the receipt that the form asks for once more, or nothing."""
    opened = _opened(request.form.get("receipt", ""), _RECEIPT, TICKET_FOR) if proven() else None
    return str(opened["about"]) if opened else ""


def forget() -> None:
    """End this browser's forms: what was sent before cannot be sent again."""
    session.pop("csrf_token", None)
    session.pop("sent", None)


def _sealed(said: dict[str, object], purpose: str) -> str:
    said["at"] = edge.now().timestamp()
    sealed = edge.rooms().ring.seal(json.dumps(said).encode(), purpose)
    return base64.urlsafe_b64encode(sealed).decode()


def _opened(text: str, purpose: str, lasts: timedelta) -> dict[str, object] | None:
    try:
        sealed = base64.urlsafe_b64decode(text.encode())
        said: dict[str, object] = json.loads(edge.rooms().ring.open(sealed, purpose))
    except (binascii.Error, ValueError, SealBroken):
        return None
    made = datetime.fromtimestamp(float(str(said["at"])), UTC)
    return said if made <= edge.now() < made + lasts else None
