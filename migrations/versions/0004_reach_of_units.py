"""How a unit is reached: the public reads the office's own number, address and hours."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = {"phone": 60, "email": 120, "address": 200, "hours": 200}


def upgrade() -> None:
    for name, length in _COLUMNS.items():
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("unit", column)


def downgrade() -> None:
    with op.batch_alter_table("unit") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)
