"""Tables of what other offices hand down (交办): each matter once."""

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base


class HandedMatter(Base):
    """A sender's number: the same one twice is the same matter, which comes in once.

    `sender`, `number`: in normal form (`handed.normal`). `report_id`: the report that it became.
    """

    __tablename__ = "handed_matter"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sender: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(120))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)

    __table_args__ = (Index("uq_handed_matter_number_sender", "number", "sender", unique=True),)
