"""A report back is mailed to the office that handed the matter down, and sent once it was taken."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0071"

_BEFORE = {
    "state": "state IN ('drafted', 'returned', 'checked', 'sent', 'refused', 'signed', 'waived')",
    "way": "way IN ('letter', 'email', 'exchange', 'in_person')",
    "sent": "state NOT IN ('sent', 'signed') OR (checked_by IS NOT NULL AND sent_at IS NOT NULL)",
}
_SINCE = {
    "state": "state IN ('drafted', 'returned', 'checked', 'sending', 'sent', 'refused', 'signed',"
    " 'waived')",
    "way": "way IN ('message', 'letter', 'email', 'exchange', 'in_person')",
    "sent": "state NOT IN ('sending', 'sent', 'signed')"
    " OR (checked_by IS NOT NULL AND sent_at IS NOT NULL)",
}
_ADDRESS = "state <> 'sending' OR address <> ''"
# The older code knows neither: what was on its way is to be sent anew, what was mailed was mailed.
_BACK = (
    """UPDATE report_back SET state = 'checked', way = NULL, sent_at = NULL, sent_by = NULL
    WHERE state = 'sending'""",
    "UPDATE report_back SET way = 'email' WHERE way = 'message'",
)


def upgrade() -> None:
    with op.batch_alter_table("report_back") as table:
        table.add_column(sa.Column("address", sa.String(120), server_default="", nullable=False))
        for name, said in _SINCE.items():
            table.drop_constraint(op.f(f"ck_report_back_{name}"), type_="check")
            table.create_check_constraint(op.f(f"ck_report_back_{name}"), said)
        table.create_check_constraint(op.f("ck_report_back_address"), _ADDRESS)


def downgrade() -> None:
    for said in _BACK:
        op.execute(said)
    with op.batch_alter_table("report_back") as table:
        table.drop_constraint(op.f("ck_report_back_address"), type_="check")
        for name, said in _BEFORE.items():
            table.drop_constraint(op.f(f"ck_report_back_{name}"), type_="check")
            table.create_check_constraint(op.f(f"ck_report_back_{name}"), said)
        table.drop_column("address")
