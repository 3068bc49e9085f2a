"""A file that tells of many cases stands on each of them, and is opened with a reason only."""

from alembic import op

revision = "0075"
down_revision = "0074"

_BEFORE = "held IN ('', 'look', 'type', 'picture', 'archive')"
_SINCE = "held IN ('', 'look', 'type', 'picture', 'archive', 'many')"
# The older code holds back for another reason, and does not hand out.
_BACK = "UPDATE blob SET held = 'type' WHERE held = 'many'"


def _held(said: str) -> None:
    with op.batch_alter_table("blob") as blob:
        blob.drop_constraint(op.f("ck_blob_held"), type_="check")
        blob.create_check_constraint(op.f("ck_blob_held"), said)


def upgrade() -> None:
    _held(_SINCE)


def downgrade() -> None:
    op.execute(_BACK)
    _held(_BEFORE)
