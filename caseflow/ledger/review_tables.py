"""The table of reviews: an answer that the office above looks at (复查), and once more (复核)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Review(Base):
    """One answer that its reporter asked the office above to review.

    `stage`: 1 复查, 2 复核. `case_id`: the case in which it is reviewed, in the office above, with
    `report_id`, what the reporter asked; `of_case_id`, `of_report_id`: where the answer was given,
    and to which report, in which `round` of that case. `root_report_id`: the report that the matter
    began with, wherever it belongs by now. `asked_by`: who wrote it down for the reporter, if
    somebody did. `result` is None until somebody gave their opinion, with `grounds`.
    """

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    stage: Mapped[int] = mapped_column(SmallInteger)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), unique=True)
    of_case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    of_report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    root_report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    round: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    result: Mapped[str | None] = mapped_column(String(12))
    grounds: Mapped[str] = mapped_column(Text, default="", server_default="")
    opined_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opined_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("stage IN (1, 2)", name="stage"),
        CheckConstraint("result IN ('upheld', 'changed', 'redone')", name="result"),
        CheckConstraint("(result IS NULL) = (opined_at IS NULL)", name="opined_at"),
        CheckConstraint("(result IS NULL) = (opined_by IS NULL)", name="opined_by"),
        CheckConstraint("case_id <> of_case_id", name="another"),
        Index("uq_review_of_report_id_case", "of_report_id", "of_case_id", "round", unique=True),
    )
