"""The key ring: one subkey per purpose, sealing of fields, rotation.

The first key writes, every key opens. Nothing uses a secret of the file directly: each purpose
has a subkey of its own by HKDF-SHA256, so that a blind index can never become a decryption key.

What must stay the same for ever, whatever the number of rotations (blind indexes, receipt codes,
names of files), is computed with the *oldest* key, the last of the file. Rotation therefore adds
in front and the last key is never taken away; see docs/decisions/0005-what-is-encrypted.md.
"""

import hmac
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from caseflow.crypto import keyfile
from caseflow.crypto.keyfile import Key, KeyFileRefused
from caseflow.errors import CaseflowError

__all__ = ["Key", "KeyFileRefused", "KeyRing", "SealBroken"]

FORMAT = 1
NONCE_BYTES = 12
SMALLEST_BUCKET = 64
LARGEST_BUCKET = 4096
_PAD_MARK = b"\x80"


class SealBroken(CaseflowError):
    """What was sealed was altered, stands in another place, or its key is not in the ring."""

    status = 500


class KeyRing:
    """The keys of one office. Its repr shows key ids only; it refuses to be pickled."""

    __slots__ = ("_keys", "_subkeys")

    def __init__(self, keys: Iterable[Key]) -> None:
        """Take keys, write key first. Raises KeyFileRefused when one is weak or doubled."""
        self._keys = {key.id: key.secret for key in keyfile.check(keys, "(内存)")}
        self._subkeys: dict[tuple[str, str], bytes] = {}

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the ring from its file. Raises KeyFileRefused, naming the file and the reason."""
        return cls(keyfile.read(Path(path)))

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make the file (mode 0600) with one fresh random key and return the ring.

        Raises KeyFileRefused when the file exists.
        """
        keyfile.create(Path(path))
        return cls.load(path)

    @classmethod
    def rotate(cls, path: Path) -> Self:
        """Put a fresh write key in front of the file's keys and return the new ring."""
        keyfile.add(Path(path))
        return cls.load(path)

    @property
    def write_key(self) -> str:
        """Id of the key that seals from now on."""
        return next(iter(self._keys))

    @property
    def oldest_key(self) -> str:
        """Id of the key behind everything that must stay the same across rotations."""
        return next(reversed(self._keys))

    def subkey(self, purpose: str, key_id: str) -> bytes:
        """Return the 32-byte key of a purpose. Raises SealBroken when the ring lacks the key."""
        known = self._subkeys.get((key_id, purpose))
        if known is not None:
            return known
        if key_id not in self._keys:
            raise SealBroken(f"密钥 {key_id} 不在密钥环中")
        derive = HKDF(SHA256(), 32, salt=b"caseflow", info=f"caseflow/1/{purpose}".encode())
        made = derive.derive(self._keys[key_id])
        self._subkeys[key_id, purpose] = made
        return made

    def mac(self, purpose: str, message: bytes, key_id: str) -> bytes:
        """Return HMAC-SHA256 of the message under the subkey of a purpose."""
        return hmac.digest(self.subkey(purpose, key_id), message, "sha256")

    def session_secret(self) -> bytes:
        """Return what signs sessions and form tokens: of the write key."""
        return self.subkey("session", self.write_key)

    def session_fallbacks(self) -> list[bytes]:
        """Return the secrets of older keys, so that a rotation logs nobody out."""
        return [self.subkey("session", key) for key in self._keys if key != self.write_key]

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt with the write key and bind to its place, e.g. `identity:<id>:phone`.

        Format: version byte, length of key id, key id, nonce, ciphertext with tag. The plaintext
        is padded to 64, 128 … 4096 bytes, beyond that to a multiple of 4096.
        """
        key_id = self.write_key.encode()
        header = bytes([FORMAT, len(key_id)]) + key_id
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self.subkey("column", self.write_key))
        return header + nonce + cipher.encrypt(nonce, _padded(plaintext), header + context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Give back what `seal` was given for the same place.

        Raises SealBroken when a bit was altered, it was sealed for another context, or its key
        is not in the ring.
        """
        if len(sealed) < 2 or sealed[0] != FORMAT:
            raise SealBroken(f"密文格式不认识：{context}")
        start = 2 + sealed[1]
        header, nonce = sealed[:start], sealed[start : start + NONCE_BYTES]
        try:
            cipher = AESGCM(self.subkey("column", header[2:].decode("ascii")))
            padded = cipher.decrypt(nonce, sealed[start + NONCE_BYTES :], header + context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"密文已损坏或不属于此处：{context}") from error
        return padded[: padded.rindex(_PAD_MARK)]

    def __repr__(self) -> str:
        """Show which keys there are, never the keys."""
        return f"KeyRing({', '.join(self._keys)})"

    def __reduce__(self) -> Any:
        """Refuse to be pickled: a job's arguments end up in Redis."""
        raise TypeError("a key ring is never serialised")


def _padded(plaintext: bytes) -> bytes:
    """Fill up to the bucket: a mark byte, then zeros, so that any plaintext comes back exactly."""
    size = len(plaintext) + 1
    bucket = SMALLEST_BUCKET
    while bucket < size and bucket < LARGEST_BUCKET:
        bucket *= 2
    whole = -(-size // bucket) * bucket
    return (plaintext + _PAD_MARK).ljust(whole, b"\0")
