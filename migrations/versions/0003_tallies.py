"""Tallies: how often something was tried in a stretch of time (guessing of receipt codes)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tally")),
    )
    op.create_index(op.f("ix_tally_until"), "tally", ["until"])


def downgrade() -> None:
    op.drop_index(op.f("ix_tally_until"), table_name="tally")
    op.drop_table("tally")
