"""Table of blobs: what lies in the file store and what it was found to be."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Blob(Base):
    """Bytes kept in the store under `id`, a keyed hash of the content, so that the name of a
    file on disk tells nothing and the same content is kept once. `stored_at`: when it was last put.
    """

    __tablename__ = "blob"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(40))
    stored_at: Mapped[datetime] = mapped_column(Moment)
