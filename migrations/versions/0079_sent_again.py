"""A message that somebody lets be sent again says when: whoever waits for a reply that did not
arrive reads that it is on its way once more.
"""

import sqlalchemy as sa
from alembic import op

from caseflow.db import Moment

revision = "0079"
down_revision = "0077"


def upgrade() -> None:
    op.add_column("message", sa.Column("requeued_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "requeued_at")
