"""Text messages come in, by Twilio or by any gateway (docs/telephone.md)."""

from flask import Response, request

from caseflow.intake import texts
from caseflow.intake.channels import sms
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
