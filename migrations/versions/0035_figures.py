"""Figures are about what came in during a period: found by when it came."""

from alembic import op

revision = "0035"
down_revision = "0033"


def upgrade() -> None:
    op.create_index("ix_report_received_at", "report", ["received_at"])
    op.create_index("ix_case_file_opened_at", "case_file", ["opened_at"])


def downgrade() -> None:
    op.drop_index("ix_case_file_opened_at", "case_file")
    op.drop_index("ix_report_received_at", "report")
