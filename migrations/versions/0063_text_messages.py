"""Text messages: pictures to fetch, numbers that want none, what was sent and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("text_sent", "text_day", "text_erasure", "text_picture", "text_stop")
_OPEN = sa.text("state IN ('waiting', 'fetched', 'gone')")
_FATES = "'handed', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed'"

# The code before knows no such way; the number stays a way to call by.
_FORGET = """UPDATE identity
    SET can_be_reached = trim(replace(',' || can_be_reached || ',', ',text,', ','), ',')
    WHERE ',' || can_be_reached || ',' LIKE '%,text,%'"""


def upgrade() -> None:
    op.add_column("identity", sa.Column("unreachable_at", _MOMENT, nullable=True))
    op.create_table(
        "text_stop",
        sa.Column("index", sa.String(64), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_text_stop")),
    )
    op.create_table(
        "text_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_key", sa.String(200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("deleted_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'fetched', 'gone', 'joined')", name=op.f("ck_text_picture_state")
        ),
        sa.ForeignKeyConstraint(
            ["blob_id"], ["blob.id"], name=op.f("fk_text_picture_blob_id_blob")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_picture")),
    )
    op.create_index(
        "uq_text_picture_channel_key_n", "text_picture", ["channel_key", "n"], unique=True
    )
    op.create_index(
        "ix_text_picture_open",
        "text_picture",
        ["not_before"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "text_erasure",
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("channel_key", sa.String(200), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_text_erasure")),
    )
    op.create_index("ix_text_erasure_not_before", "text_erasure", ["not_before"])
    op.create_table(
        "text_day",
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_text_day")),
    )
    op.create_table(
        "text_sent",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(12), nullable=False),
        sa.Column("never", sa.Boolean(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint(f"fate IN ({_FATES})", name=op.f("ck_text_sent_fate")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_text_sent_message_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_text_sent")),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("identity", "unreachable_at")
    op.execute(_FORGET)
