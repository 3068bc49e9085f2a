"""Text messages come in, by Twilio or by any gateway (docs/telephone.md)."""

from flask import Response, request
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.intake import erasing, texts
from caseflow.intake.channels import sms
from caseflow.notices import sms_fates
from caseflow.notices.sms_tables import FINAL
from caseflow.web import edge
from caseflow.web.hooks.frame import blueprint, by_secret, by_twilio, holding, plain, told
from config import MIB

_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@blueprint.post("/sms/twilio")
@by_twilio
def sms_twilio() -> Response:
    """Take what Twilio received; it is answered later, by the outbox."""
    raw = sms.original("twilio", request.form.to_dict())
    texts.deliver(edge.rooms(), raw, edge.now(), edge.settings().twilio_number)
    return Response(_NOTHING_TO_SAY, mimetype="text/xml")


@blueprint.post("/sms/gateway")
@holding(12 * MIB)
@by_secret
def sms_gateway() -> Response:
    """Take what a gateway received: `{id, from, text, pictures: [{name, base64}]}`."""
    texts.deliver(edge.rooms(), sms.original("gateway", told()), edge.now())
    return plain()


@blueprint.post("/sms/status")
@by_twilio
def sms_status() -> Response:
    """Note what Twilio says became of a message; the address names it by its proven id."""
    fate, code = request.form.get("MessageStatus", ""), request.form.get("ErrorCode", "")
    name, place = request.args.get("message", ""), sms.place_of(request.form.get("MessageSid", ""))

    def work(session: Session) -> None:
        sms_fates.told(session, _ring(), name, fate, edge.now(), code=code)
        if fate in FINAL and place:
            erasing.note(session, place, edge.now())  # it holds the number, and perhaps a code

    edge.change(work)
    return plain()


@blueprint.post("/sms/gateway/status")
@by_secret
def sms_gateway_status() -> Response:
    """Note what a gateway says became of a message: `{id, status, permanent}`."""
    said = told()
    name, fate = str(said.get("id", "")), str(said.get("status", ""))
    never = said.get("permanent") is True
    edge.change(
        lambda session: sms_fates.told(session, _ring(), name, fate, edge.now(), never=never)
    )
    return plain()


def _ring() -> KeyRing:
    return edge.rooms().ring
