"""A note to the next shift is taken once, however often its form was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_INDEX = "uq_shift_note_user_id_nonce"


def upgrade() -> None:
    op.add_column("shift_note", sa.Column("nonce", sa.String(40)))
    op.create_index(_INDEX, "shift_note", ["user_id", "nonce"], unique=True)


def downgrade() -> None:
    op.drop_index(_INDEX, "shift_note")
    op.drop_column("shift_note", "nonce")
