"""Large files of the office, in pieces: for a sheet of the desk, and for evidence on a case."""

from caseflow.web import pieces
from caseflow.web.desk.frame import blueprint, is_nonce
from caseflow.web.edge import needs, typed


def _key() -> str:
    nonce = typed("nonce")
    return nonce if is_nonce(nonce) else ""


pieces.offer(blueprint, "/pieces", _key, "desk.show", needs("desk.log"))
