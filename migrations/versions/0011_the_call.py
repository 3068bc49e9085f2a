"""From when until when somebody telephoned is kept with the report."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_ADDED = ("call_began", "call_ended")


def upgrade() -> None:
    for name in _ADDED:
        op.add_column("report", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in reversed(_ADDED):
        op.drop_column("report", name)
