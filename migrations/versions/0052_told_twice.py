"""What an assisting unit answered by telephone: who said it. A report that tells of two matters:
another one is linked to it, in the part that was split off.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    with op.batch_alter_table("assistance") as table:
        table.add_column(sa.Column("said_by", sa.Text(), nullable=False, server_default=""))
        table.create_check_constraint(
            op.f("ck_assistance_said_by"), "said_by = '' OR answered_at IS NOT NULL"
        )
    with op.batch_alter_table("report") as table:
        table.add_column(sa.Column("split_from", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_report_split_from"), "report", ["split_from"], ["id"])
    op.create_index("ix_report_split_from", "report", ["split_from"])


def downgrade() -> None:
    """What was said on the telephone stays as an answer, what was linked as a report of its own; by
    whom, and of which letter, is gone.
    """
    op.drop_index("ix_report_split_from", "report")
    with op.batch_alter_table("report") as table:
        table.drop_constraint(op.f("fk_report_split_from"), type_="foreignkey")
        table.drop_column("split_from")
    with op.batch_alter_table("assistance") as table:
        table.drop_constraint(op.f("ck_assistance_said_by"), type_="check")
        table.drop_column("said_by")
