"""Reasons that wait for a countersignature are few, and are looked for on every work list."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_WHERE = sa.text("countersign")


def upgrade() -> None:
    op.create_index(
        "ix_case_file_unsigned",
        "case_file",
        ["id"],
        sqlite_where=_WHERE,
        postgresql_where=_WHERE,
    )


def downgrade() -> None:
    op.drop_index("ix_case_file_unsigned", "case_file")
