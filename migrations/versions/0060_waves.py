"""Cases that were merged into another at once are undone at once."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

_MOMENT = sa.DateTime(timezone=True)


def _key(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        _key("wave", "into_id", "case_file.id"),
        _key("wave", "user_id", "user_account.id"),
    )
    op.create_index("ix_wave_into_id", "wave", ["into_id"])
    op.create_table(
        "wave_merger",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("merger_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave_id", "merger_id", name=op.f("pk_wave_merger")),
        _key("wave_merger", "wave_id", "wave.id"),
        _key("wave_merger", "merger_id", "merger.id"),
    )
    op.create_index("ix_wave_merger_merger_id", "wave_merger", ["merger_id"])


def downgrade() -> None:
    op.drop_table("wave_merger")
    op.drop_table("wave")
