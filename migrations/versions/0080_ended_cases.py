"""What ended otherwise than by being closed is found by its state, the newest first: a list of it
went through every case that there ever was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"

_NOT_CLOSED = "state IN ('answered', 'declined', 'referred', 'merged', 'void')"


def upgrade() -> None:
    said = sa.text(_NOT_CLOSED)
    op.create_index(
        "ix_case_file_not_closed",
        "case_file",
        ["state", "id"],
        sqlite_where=said,
        postgresql_where=said,
    )


def downgrade() -> None:
    op.drop_index("ix_case_file_not_closed", "case_file")
