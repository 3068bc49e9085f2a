"""Rules of time and ladders are changed by new versions: who set one, and that a rule ended.

Going back: the older code cannot say that a rule ended, so none of its versions ever comes into
force there, and the more general rule fits as it does here. Forth again such a rule is an ended
one; since when is forgotten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_MOMENT = sa.DateTime(timezone=True)

_NEVER = """UPDATE policy SET effective_from = '9999-01-01 00:00:00.000000' WHERE EXISTS (
    SELECT 1 FROM policy AS ended WHERE ended.withdrawn
      AND ended.clock = policy.clock
      AND coalesce(ended.area_code, '') = coalesce(policy.area_code, '')
      AND coalesce(ended.kind, '') = coalesce(policy.kind, '')
      AND coalesce(ended.category, '') = coalesce(policy.category, '')
      AND coalesce(CAST(ended.urgent AS INTEGER), 2) = coalesce(CAST(policy.urgent AS INTEGER), 2)
      AND NOT EXISTS (
        SELECT 1 FROM policy AS later WHERE later.version > ended.version
          AND later.clock = ended.clock
          AND coalesce(later.area_code, '') = coalesce(ended.area_code, '')
          AND coalesce(later.kind, '') = coalesce(ended.kind, '')
          AND coalesce(later.category, '') = coalesce(ended.category, '')
          AND coalesce(CAST(later.urgent AS INTEGER), 2) =
            coalesce(CAST(ended.urgent AS INTEGER), 2)))"""
_ENDED = "UPDATE policy SET withdrawn = true WHERE effective_from >= '9998-01-01'"


def upgrade() -> None:
    with op.batch_alter_table("policy") as table:
        table.add_column(
            sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    for name in ("policy", "ladder"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("set_by", sa.Integer(), nullable=True))
            table.add_column(sa.Column("set_at", _MOMENT, nullable=True))
            table.create_foreign_key(op.f(f"fk_{name}_set_by"), "user_account", ["set_by"], ["id"])
    with op.batch_alter_table("policy") as table:
        table.alter_column("withdrawn", server_default=None)
    op.execute(_ENDED)


def downgrade() -> None:
    op.execute(_NEVER)
    for name in ("ladder", "policy"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"fk_{name}_set_by"), type_="foreignkey")
            table.drop_column("set_at")
            table.drop_column("set_by")
    with op.batch_alter_table("policy") as table:
        table.drop_column("withdrawn")
