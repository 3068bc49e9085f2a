"""Key rings for tests: random for each test, with rotation in memory."""

import secrets

from caseflow.crypto.keys import Key, KeyRing


def fresh_key(key_id: str = "k1") -> Key:
    """Return a strong random key."""
    return Key(key_id, secrets.token_bytes(32))


def rings_before_and_after_rotation() -> tuple[KeyRing, KeyRing]:
    """Return a ring of one key, and the ring with a new write key in front of it."""
    old, new = fresh_key("k1"), fresh_key("k2")
    return KeyRing([old]), KeyRing([new, old])
