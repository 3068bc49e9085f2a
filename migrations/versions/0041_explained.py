"""A reporter who is not satisfied has it explained; on how many days somebody is called back in
vain is a rule's; and a call-back says in whose words it tells.

What stood there as the reporter's own words is taken for that. Going back, what was explained is a
reply like others, and of a round that is over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_HEARD = {
    "whose": "whose IN ('reporter', 'caller')",
    "words": "(whose IS NULL) = (words = '')",
}


def upgrade() -> None:
    with op.batch_alter_table("reply") as table:
        table.add_column(sa.Column("explains", sa.Integer()))
        table.create_foreign_key(op.f("fk_reply_explains"), "call_back", ["explains"], ["id"])
    op.create_index(op.f("ix_reply_explains"), "reply", ["explains"])
    with op.batch_alter_table("policy") as table:
        table.add_column(
            sa.Column("attempt_days", sa.Integer(), nullable=False, server_default="3")
        )
    with op.batch_alter_table("call_back") as table:
        table.add_column(sa.Column("whose", sa.String(10)))
    op.execute("UPDATE call_back SET whose = 'reporter' WHERE words <> ''")
    with op.batch_alter_table("call_back") as table:
        for name, said in _HEARD.items():
            table.create_check_constraint(op.f(f"ck_call_back_{name}"), said)


def downgrade() -> None:
    with op.batch_alter_table("call_back") as table:
        for name in _HEARD:
            table.drop_constraint(op.f(f"ck_call_back_{name}"), type_="check")
        table.drop_column("whose")
    with op.batch_alter_table("policy") as table:
        table.drop_column("attempt_days")
    op.drop_index(op.f("ix_reply_explains"), "reply")
    with op.batch_alter_table("reply") as table:
        table.drop_constraint(op.f("fk_reply_explains"), type_="foreignkey")
        table.drop_column("explains")
