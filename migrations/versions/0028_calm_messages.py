"""Messages that may wait for the morning, and go out together."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column(
        "message", sa.Column("calm", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("message", sa.Column("summary_id", sa.Integer(), nullable=True))
    folded = sa.text("summary_id IS NOT NULL")
    op.create_index(
        "ix_message_folded",
        "message",
        ["summary_id"],
        sqlite_where=folded,
        postgresql_where=folded,
    )


def downgrade() -> None:
    op.drop_index("ix_message_folded", "message")
    op.drop_column("message", "summary_id")
    op.drop_column("message", "calm")
