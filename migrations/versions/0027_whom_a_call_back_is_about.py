"""A call-back names whom it is about: several people may have reported a matter."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

# Where one person reported the matter it was about them; where several did it stood for all.
_ABOUT = """UPDATE call_back SET report_id = (SELECT min(report.id) FROM report
    WHERE report.case_id = call_back.case_id AND report.follows IS NULL)
    WHERE 1 = (SELECT count(*) FROM report
    WHERE report.case_id = call_back.case_id AND report.follows IS NULL)"""


def upgrade() -> None:
    with op.batch_alter_table("call_back") as table:
        table.add_column(sa.Column("report_id", sa.Integer()))
        table.create_foreign_key(op.f("fk_call_back_report_id"), "report", ["report_id"], ["id"])
    op.create_index(op.f("ix_call_back_report_id"), "call_back", ["report_id"])
    op.execute(_ABOUT)


def downgrade() -> None:
    op.drop_index(op.f("ix_call_back_report_id"), "call_back")
    with op.batch_alter_table("call_back") as table:
        table.drop_constraint(op.f("fk_call_back_report_id"), type_="foreignkey")
        table.drop_column("report_id")
