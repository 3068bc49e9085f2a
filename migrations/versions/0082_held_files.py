"""A file of a case that is handed to nobody stands among what was set aside, with a clock; on which
cases a file stands is found by it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0080"

# The older code knows no such row: the files are held back all the same, and stand on their cases.
_BACK = (
    """DELETE FROM rung WHERE clock_id IN (SELECT c.id FROM clock c
    JOIN quarantine q ON q.id = c.quarantine_id WHERE q.original_id IS NULL)""",
    """UPDATE clock SET follows = NULL WHERE quarantine_id IN
    (SELECT id FROM quarantine WHERE original_id IS NULL)""",
    """DELETE FROM clock WHERE quarantine_id IN
    (SELECT id FROM quarantine WHERE original_id IS NULL)""",
    "DELETE FROM quarantine WHERE original_id IS NULL",
)


def upgrade() -> None:
    with op.batch_alter_table("quarantine") as table:
        table.alter_column("original_id", existing_type=sa.String(32), nullable=True)
    said = sa.text("state = 'waiting'")
    op.create_index(
        "ix_quarantine_waiting", "quarantine", ["id"], sqlite_where=said, postgresql_where=said
    )
    for name in ("attachment", "evidence"):
        op.create_index(op.f(f"ix_{name}_blob_id"), name, ["blob_id"])
    table = "quarantine_file"
    files = ("attachment", "evidence")
    op.create_table(
        table,
        sa.Column("quarantine_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=True) for name in files),
        sa.CheckConstraint(
            "(attachment_id IS NULL) <> (evidence_id IS NULL)", name=op.f(f"ck_{table}_one_file")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_{table}_{name}_id")
            )
            for name in ("quarantine", *files)
        ),
        sa.PrimaryKeyConstraint("quarantine_id", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(f"{name}_id", name=op.f(f"uq_{table}_{name}_id")) for name in files),
    )


def downgrade() -> None:
    op.drop_table("quarantine_file")
    for name in ("attachment", "evidence"):
        op.drop_index(op.f(f"ix_{name}_blob_id"), name)
    for said in _BACK:
        op.execute(said)
    op.drop_index("ix_quarantine_waiting", "quarantine")
    with op.batch_alter_table("quarantine") as table:
        table.alter_column("original_id", existing_type=sa.String(32), nullable=False)
