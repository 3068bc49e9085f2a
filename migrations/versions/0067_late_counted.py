"""Promises past their due moment are counted in an index of those that run."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"

_RUNS = sa.text("state = 'running'")


def upgrade() -> None:
    op.create_index(
        "ix_clock_running_due", "clock", ["due"], sqlite_where=_RUNS, postgresql_where=_RUNS
    )


def downgrade() -> None:
    op.drop_index("ix_clock_running_due", "clock")
