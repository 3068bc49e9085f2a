"""What came back too often is brought before the level above.

What had come back so often before is not: nobody was told then, and its next time will be.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_MOMENT = sa.DateTime(timezone=True)
_CHECKS = {
    "cause": "cause IN ('returns', 'reopenings', 'objections', 'passages')",
    "looked_by": "(looked_by IS NULL) = (looked_at IS NULL)",
    "said": "(looked_at IS NULL) = (said = '')",
}
_OF = {"case_id": "case_file.id", "item_id": "item.id", "looked_by": "user_account.id"}


def upgrade() -> None:
    op.create_table(
        "oversight",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(12), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("looked_by", sa.Integer(), nullable=True),
        sa.Column("looked_at", _MOMENT, nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_oversight_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_oversight_{name}"))
            for name, other in _OF.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight")),
    )
    op.create_index(op.f("ix_oversight_case_id"), "oversight", ["case_id"])
    op.create_index(
        "uq_oversight_item_id_cause_times",
        "oversight",
        ["item_id", "cause", "times"],
        unique=True,
    )
    for name, columns, which in (
        ("uq_oversight_case_id_cause_times", ["case_id", "cause", "times"], "item_id IS NULL"),
        ("ix_oversight_waiting", ["case_id"], "looked_at IS NULL"),
    ):
        op.create_index(
            name,
            "oversight",
            columns,
            unique=name.startswith("uq"),
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )


def downgrade() -> None:
    op.drop_table("oversight")
