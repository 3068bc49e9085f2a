"""Table of blobs: what lies in the file store and what it was found to be."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

HELD = ("", "look", "type", "picture", "archive", "many")
MANY = "many"
"""Held back for it tells of other cases as well, whichever door it comes by again."""
SCANS = ("unscanned", "clean", "infected", "failed")
_DUE = "scan_due IS NOT NULL"
_UNSEEN = "held = 'look'"
BACK = "(blob.held IN ('type', 'picture', 'archive') OR blob.scan IN ('infected', 'failed'))"
"""What of the files is held back for good, in the very words of the index that finds it."""
_BACK = BACK.replace("blob.", "")


class Blob(Base):
    """Bytes kept in the store under `id`, a keyed hash of the content, so that the name of a
    file on disk tells nothing and the same content is kept once. `stored_at`: when it was last put.

    `held`: why it is not simply handed out (`files.handing`); `look`: nobody has looked at it yet.
    `about`: what was found in it, as JSON. `shown_id`: the picture made anew that is handed out in
    its place. `scan`: what the scanner said; `scan_due`: when it is asked next, never where that is
    empty; `scan_found`: what it called it; `scan_db`: by which signatures.
    """

    __tablename__ = "blob"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(40))
    stored_at: Mapped[datetime] = mapped_column(Moment)
    held: Mapped[str] = mapped_column(String(10), default="", server_default="look")
    about: Mapped[str] = mapped_column(Text, default="", server_default="")
    shown_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"), index=True)
    scan: Mapped[str] = mapped_column(String(10), default="unscanned", server_default="unscanned")
    scan_due: Mapped[datetime | None] = mapped_column(Moment)
    scan_tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    scan_found: Mapped[str] = mapped_column(String(200), default="", server_default="")
    scan_db: Mapped[str] = mapped_column(String(40), default="", server_default="")
    scanned_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(f"held IN {HELD}", name="held"),
        CheckConstraint(f"scan IN {SCANS}", name="scan"),
        Index("ix_blob_scan_due", "scan_due", sqlite_where=text(_DUE), postgresql_where=text(_DUE)),
        Index("ix_blob_back", "stored_at", sqlite_where=text(_BACK), postgresql_where=text(_BACK)),
        Index("ix_blob_unseen", "id", sqlite_where=text(_UNSEEN), postgresql_where=text(_UNSEEN)),
    )
