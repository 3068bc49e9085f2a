"""Large files of the public, in pieces: by whoever has the form open in this browser."""

from caseflow.intake.channels import webform
from caseflow.web import pieces
from caseflow.web.edge import typed
from caseflow.web.public import guard
from caseflow.web.public.frame import blueprint


def _key() -> str:
    nonce = typed("nonce")
    return webform.key_of(nonce) if guard.proven() and webform.is_nonce(nonce) else ""


pieces.offer(blueprint, "/report/pieces", _key, "public.form")
