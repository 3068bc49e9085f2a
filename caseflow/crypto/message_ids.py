"""Our own Message-IDs prove themselves: the id that the outbox gave, and a keyed hash of it.

Nobody can make one up, so a reply or a bounce that names one was written by somebody who has the
message (or a copy of it). The oldest key makes them: a reply may come after a rotation.
"""

import hmac
import re

from caseflow.crypto.keys import KeyRing

SHAPE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}-[0-9a-f]{24}(?![0-9a-f])")
_PROOF = 24  # hexadecimal digits: 96 bits


def signed(ring: KeyRing, message_id: str) -> str:
    """Return a message id with its proof, for the part of a Message-ID before the @."""
    return f"{message_id}-{_proof(ring, message_id)}"


def proven(ring: KeyRing, said: str) -> str | None:
    """Return the message id that `said` proves to be ours, or None; in time that tells nothing."""
    message_id, _, proof = said.partition("-")
    if not SHAPE.fullmatch(said):
        return None
    return message_id if hmac.compare_digest(_proof(ring, message_id), proof) else None


def _proof(ring: KeyRing, message_id: str) -> str:
    return ring.mac("mail:message-id", message_id.encode(), ring.oldest_key).hex()[:_PROOF]
