"""Large files of units and inspectors, in pieces: for what they hand in or answer with."""

from caseflow.intake.channels.webform import is_nonce
from caseflow.web import pieces
from caseflow.web.edge import needs, typed
from caseflow.web.unit.frame import blueprint


def _key() -> str:
    nonce = typed("nonce")
    return nonce if is_nonce(nonce) else ""


pieces.offer(blueprint, "/pieces", _key, "unit.index", needs("item.hold"))
