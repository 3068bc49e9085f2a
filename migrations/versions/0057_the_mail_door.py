"""The mail door: claims, storms, blocked senders, messages that cannot be had, bounced addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("claim", "mail_storm", "quarantine_folded", "blocked_sender", "mail_fetching")

# What lay with others lies on its own: nobody looked at it, and it is not lost.
_UNFOLD = """INSERT INTO quarantine (channel, channel_key, reason, original_id, area_code, received_at,
      state, note)
    SELECT f.channel, f.channel_key, q.reason, f.original_id, q.area_code, f.received_at, 'waiting', ''
    FROM quarantine_folded f JOIN quarantine q ON q.id = f.quarantine_id"""


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [name], [target], name=op.f(f"fk_{table}_{name}_{target.partition('.')[0]}")
        )
        for name, target in columns.items()
    ]


def upgrade() -> None:
    op.add_column("identity", sa.Column("bounced_at", _MOMENT, nullable=True))
    op.add_column(
        "quarantine", sa.Column("folded", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "claim",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(10), nullable=False),
        *_keys("claim", report_id="report.id", case_id="case_file.id"),
        sa.CheckConstraint("why IN ('number', 'stranger')", name=op.f("ck_claim_why")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_claim")),
    )
    op.create_index("ix_claim_case_id", "claim", ["case_id"])
    op.create_table(
        "mail_storm",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("quarantine_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        *_keys("mail_storm", quarantine_id="quarantine.id", report_id="report.id"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mail_storm")),
    )
    op.create_index("ix_mail_storm_last_at", "mail_storm", ["last_at"])
    _folded()
    _blocked()
    op.create_table(
        "mail_fetching",
        sa.Column("mailbox", sa.String(64), nullable=False),
        sa.Column("message", sa.String(60), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "message", name=op.f("pk_mail_fetching")),
    )


def _folded() -> None:
    op.create_table(
        "quarantine_folded",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarantine_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("channel_key", sa.String(200), nullable=False),
        sa.Column("original_id", sa.String(32), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        *_keys("quarantine_folded", quarantine_id="quarantine.id", original_id="original.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_folded")),
    )
    op.create_index("ix_quarantine_folded_quarantine_id", "quarantine_folded", ["quarantine_id"])
    op.create_index(
        "uq_quarantine_folded_channel_key",
        "quarantine_folded",
        ["channel", "channel_key"],
        unique=True,
    )


def _blocked() -> None:
    op.create_table(
        "blocked_sender",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("index", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("blocked_by", sa.Integer(), nullable=False),
        sa.Column("blocked_at", _MOMENT, nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.Column("caught", sa.Integer(), nullable=False),
        *_keys(
            "blocked_sender",
            area_code="area.code",
            blocked_by="user_account.id",
            lifted_by="user_account.id",
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_blocked_sender_lifted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_sender")),
    )
    holds = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_blocked_sender_index_holds",
        "blocked_sender",
        ["index", "area_code"],
        unique=True,
        sqlite_where=holds,
        postgresql_where=holds,
    )


def downgrade() -> None:
    op.execute(_UNFOLD)
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("quarantine", "folded")
    op.drop_column("identity", "bounced_at")
