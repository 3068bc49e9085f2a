"""Receipt codes: sixteen digits that prove to us who reported, kept by us only as a hash.

A code is derived by a keyed function of the channel and the channel's own id, so a redelivery
gets the code it got before although nobody keeps it (design law 2). The oldest key derives it:
a redelivery may come after a rotation. The row says which key hashed it (`receipt_key`).
"""

import hmac
from dataclasses import dataclass

from caseflow.crypto.keys import KeyRing
from caseflow.refs import ungrouped

DIGITS = 16
_NOTHING = "0" * 64
_MODULUS = 10**DIGITS  # 256 random bits modulo this are even to one part in 10^61


@dataclass(frozen=True, repr=False)
class Receipt:
    """A code as it is printed, and the key to keep with its hash."""

    code: str
    key_id: str

    def __repr__(self) -> str:
        """Keep the code out of every traceback and log line."""
        return f"Receipt(…, {self.key_id})"


def derive(ring: KeyRing, channel: str, channel_key: str) -> Receipt:
    """Return the receipt of a contact: the same for the same channel and channel key."""
    digest = ring.mac("receipt:code", _message(channel, channel_key), ring.oldest_key)
    return Receipt(f"{int.from_bytes(digest) % _MODULUS:0{DIGITS}d}", ring.oldest_key)


def code_hash(ring: KeyRing, number: str, code: str, key_id: str) -> str:
    """Return what is stored of a code: keyed and bound to the report number.

    Keyed because sixteen digits alone could be tried out by whoever copies the database.
    """
    return ring.mac("receipt:hash", _message(number, code), key_id).hex()


def matches(ring: KeyRing, number: str, typed: str, stored_hash: str, key_id: str) -> bool:
    """Tell whether the typed code belongs to the report, in time that tells nothing.

    `typed` may have spaces, groups and full-width digits. Raises SealBroken when the key is gone.
    """
    found = code_hash(ring, number, ungrouped(typed), key_id)
    return hmac.compare_digest(found, stored_hash)


def matches_nothing(ring: KeyRing, number: str, typed: str) -> bool:
    """Do the work of `matches` for a number that does not exist, and say False.

    The asker must not learn from the time taken whether there is such a report (design law 10).
    """
    matches(ring, number, typed, _NOTHING, ring.oldest_key)
    return False


def _message(*parts: str) -> bytes:
    """Join parts so that no two different lists give the same bytes."""
    return b"".join(len(raw).to_bytes(4) + raw for raw in (part.encode() for part in parts))
