"""One policy for every door: what a file is, what of it may be handed out, what is held back.

Nothing is refused here and nothing is dropped: a file that the policy does not let through lies in
the store like any other, stands on the case under its name, and is opened by a person who says why.
A picture is kept as it came, and made anew for everybody who looks at it.
"""

import json
from dataclasses import asdict
from io import BytesIO

from caseflow.files import archives, pictures
from caseflow.files.blobs import Looked, Put
from caseflow.files.pictures import NoPicture, Pictures
from caseflow.files.sniff import HEAD_BYTES, UNKNOWN, ZIP, sniff
from caseflow.files.store import Readable, Store
from caseflow.files.streams import Chained, Heard, beginning

TYPE, PICTURE, ARCHIVE = "type", "picture", "archive"


def accept(
    store: Store, maker: Pictures, content: bytes | Readable, *, originals: bool = True
) -> Put:
    """Put a file that somebody sent into the store and look at it, before any transaction.

    The stream is read once; no more of it is held than a picture, or the end of an archive.
    `originals`: keep a picture as it came beside the one made anew; else only that one is kept.
    Raises Unavailable when the store is stopped.
    """
    stream = BytesIO(content) if isinstance(content, bytes) else content
    head = beginning(stream, HEAD_BYTES)
    media_type = sniff(head).media_type
    whole = Chained(head, stream)
    if media_type.startswith("image/"):
        return _picture(store, maker, whole, media_type, originals=originals)
    heard = Heard(whole, archives.END if media_type == ZIP else 0)
    stored = store.put(heard)
    if media_type == ZIP:
        listing = archives.listed(heard.last, stored.size)
        about = json.dumps(asdict(listing), ensure_ascii=False)
        return Put(stored, media_type, Looked(ARCHIVE if listing.bomb else "", about))
    return Put(stored, media_type, Looked(TYPE if media_type == UNKNOWN else ""))


def _picture(
    store: Store, maker: Pictures, stream: Readable, media_type: str, *, originals: bool
) -> Put:
    content = beginning(stream, pictures.LARGEST + 1)
    if len(content) > pictures.LARGEST:
        stored = store.put(Chained(content, stream))
        return Put(stored, media_type, Looked(PICTURE))
    try:
        made = maker.copy(content)
    except NoPicture:
        return Put(store.put(content), media_type, Looked(PICTURE))
    about = json.dumps({"more": True}) if made.more else ""
    copy = Put(store.put(made.content), made.media_type)
    if made.content == content or not originals:
        return Put(copy.stored, copy.media_type, Looked(about=about))
    return Put(store.put(content), media_type, Looked(about=about, copy=copy))


def look_again(store: Store, maker: Pictures, blob_id: str) -> Put:
    """Look at what lies in the store already, from before anything was looked at. A picture is kept
    as it came, whatever is done with new ones: a history may name it.

    Raises BlobBroken, Unavailable.
    """
    return accept(store, maker, _Pieces(store, blob_id))


class _Pieces:
    """A file of the store, to be read in any sizes."""

    def __init__(self, store: Store, blob_id: str) -> None:
        self._pieces = store.open(blob_id)
        self._left = b""

    def read(self, size: int, /) -> bytes:
        """Read on."""
        if not self._left:
            self._left = next(self._pieces, b"")
        given, self._left = self._left[:size], self._left[size:]
        return given
