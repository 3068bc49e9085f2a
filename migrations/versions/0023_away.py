"""Who is away from which day to which, and who stands in."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_PEOPLE = ("by_id", "stand_in_id", "user_id")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_days")),
        sa.CheckConstraint("stand_in_id <> user_id", name=op.f("ck_absence_another")),
        *(
            sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_absence_{name}"))
            for name in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    for name in ("last_day", "user_id"):
        op.create_index(op.f(f"ix_absence_{name}"), "absence", [name])


def downgrade() -> None:
    op.drop_table("absence")
