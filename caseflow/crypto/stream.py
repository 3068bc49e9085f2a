"""The sealed form of long content: a header and chunks, written and read piece by piece.

Each sealed stream has a key of its own, derived from a random salt. A chunk's nonce is its number
and whether it is the last, so chunks that were altered, exchanged, doubled or cut off do not
open. The header carries key id, salt and size and is bound to the *name* the stream lies under,
which is known only when all has been written: whoever moves it to another name is found out
before a byte is given. Pure: bytes in, bytes out; the adapter does the disk.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from caseflow.crypto.keys import KeyRing, SealBroken

CHUNK = 256 * 1024
TAG = 16
_MAGIC = b"CFB1"
_KEY_ID, _SALT, _SIZE, _BINDING = 40, 32, 8, 32
_PLAIN = len(_MAGIC) + _KEY_ID + _SALT + _SIZE
HEADER = _PLAIN + _BINDING


class Sealer:
    """Seals one stream under the write key. Chunks go in, in order; the header comes last."""

    def __init__(self, ring: KeyRing) -> None:
        self.key_id = ring.write_key
        self.size = 0
        self._salt = secrets.token_bytes(_SALT)
        self._key = ring.mac("file:content", self._salt, self.key_id)
        self._cipher = AESGCM(self._key)
        self._number = 0

    def chunk(self, piece: bytes, last: bool) -> bytes:
        """Return the next chunk sealed; every one but the last holds `CHUNK` bytes."""
        if len(piece) != CHUNK and not last:
            raise ValueError("only the last chunk may be short")
        sealed = self._cipher.encrypt(_nonce(self._number, last), piece, _MAGIC)
        self._number += 1
        self.size += len(piece)
        return sealed

    def header(self, name: str) -> bytes:
        """Return the `HEADER` bytes that stand before the chunks, bound to the name."""
        key_id = self.key_id.encode().ljust(_KEY_ID, b"\0")
        plain = _MAGIC + key_id + self._salt + self.size.to_bytes(_SIZE)
        return plain + _binding(self._key, plain, name)


class Opener:
    """Opens one stream. Raises SealBroken when the header is not that of `name`."""

    def __init__(self, ring: KeyRing, header: bytes, name: str) -> None:
        if len(header) != HEADER or not header.startswith(_MAGIC):
            raise SealBroken(f"不是密封文件：{name}")
        plain, binding = header[:_PLAIN], header[_PLAIN:]
        key_id, salt = plain[4 : 4 + _KEY_ID], plain[4 + _KEY_ID : -_SIZE]
        key = ring.mac("file:content", salt, key_id.rstrip(b"\0").decode("ascii", "replace"))
        if not hmac.compare_digest(binding, _binding(key, plain, name)):
            raise SealBroken(f"密封文件的文件头已损坏或属于别的文件：{name}")
        self.size = int.from_bytes(plain[-_SIZE:])
        self.chunks = max(1, -(-self.size // CHUNK))
        self.sealed_size = HEADER + self.size + self.chunks * TAG
        self._cipher = AESGCM(key)
        self._name = name
        self._number = 0

    def chunk(self, sealed: bytes) -> bytes:
        """Return the next chunk in plain. Raises SealBroken when it is not the one expected."""
        nonce = _nonce(self._number, self._number == self.chunks - 1)
        try:
            piece = self._cipher.decrypt(nonce, sealed, _MAGIC)
        except InvalidTag as error:
            raise SealBroken(f"密封文件的第 {self._number + 1} 段已损坏：{self._name}") from error
        self._number += 1
        return piece


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _binding(key: bytes, plain: bytes, name: str) -> bytes:
    return hmac.digest(key, b"header" + plain + name.encode(), "sha256")
