"""Up to which entry each history is anchored."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "anchored_head",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_anchored_head_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_anchored_head")),
    )


def downgrade() -> None:
    op.drop_table("anchored_head")
