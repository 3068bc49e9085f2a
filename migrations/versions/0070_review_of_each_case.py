"""A review is asked for once for each answer, and the same round of another case gave another."""

from alembic import op

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    op.drop_index("uq_review_of_report_id_round", "review")
    of = ["of_report_id", "of_case_id", "round"]
    op.create_index("uq_review_of_report_id_case", "review", of, unique=True)


def downgrade() -> None:
    op.drop_index("uq_review_of_report_id_case", "review")
    op.create_index(
        "uq_review_of_report_id_round", "review", ["of_report_id", "round"], unique=True
    )
