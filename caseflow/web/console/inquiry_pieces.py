"""Large papers of a file of inquiry, in pieces: recordings of hearings above all."""

from caseflow.intake.channels.webform import is_nonce
from caseflow.web import pieces
from caseflow.web.console.frame import blueprint
from caseflow.web.edge import needs, typed


def _key() -> str:
    nonce = typed("nonce")
    return nonce if is_nonce(nonce) else ""


pieces.offer(
    blueprint, "/inquiries/pieces", _key, "console.order_list", needs("accountability.record")
)
