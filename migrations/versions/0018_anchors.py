"""Anchors: what the histories had come to, signed once a day."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_SQLITE = (
    *(
        f"""CREATE TRIGGER anchor_no_{change.lower()} BEFORE {change} ON anchor
           BEGIN SELECT RAISE(ABORT, 'anchor is append-only'); END"""
        for change in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER anchor_no_replace BEFORE INSERT ON anchor
       WHEN EXISTS (SELECT 1 FROM anchor WHERE n = NEW.n OR day = NEW.day)
       BEGIN SELECT RAISE(ABORT, 'anchor is append-only'); END""",
)
_POSTGRESQL = (
    *(
        f"""CREATE TRIGGER anchor_no_{change.lower()} BEFORE {change} ON anchor
           FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for change in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER anchor_no_truncate BEFORE TRUNCATE ON anchor
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)


def upgrade() -> None:
    op.create_table(
        "anchor",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("heads", sa.String(64), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_anchor_blob_id")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_anchor")),
        sa.UniqueConstraint("day", name=op.f("uq_anchor_day")),
    )
    op.create_index(op.f("ix_anchor_blob_id"), "anchor", ["blob_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL if postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("anchor")
