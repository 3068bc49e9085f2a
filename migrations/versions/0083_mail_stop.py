"""Addresses that asked for no more mail, as numbers do that asked for no more text messages."""

import sqlalchemy as sa
from alembic import op

from caseflow.db import Moment

revision = "0083"
down_revision = "0082"


def upgrade() -> None:
    op.create_table(
        "mail_stop",
        sa.Column("index", sa.String(64), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_mail_stop")),
    )


def downgrade() -> None:
    op.drop_table("mail_stop")
