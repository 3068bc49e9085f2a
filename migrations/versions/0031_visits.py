"""On-the-spot visits, and the categories that demand one before an item is struck off."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0036"

_MOMENT = sa.DateTime(timezone=True)
# In words, because both databases add it like this without copying the table.
_COLUMN = """ALTER TABLE evidence ADD COLUMN visit_id INTEGER
    CONSTRAINT fk_evidence_visit_id REFERENCES visit (id)"""
_IN_FORCE = "ended_at IS NULL"


def _reference(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.CheckConstraint("at <= recorded_at", name=op.f("ck_visit_at")),
        _reference("visit", "case_id", "case_file.id"),
        _reference("visit", "item_id", "item.id"),
        _reference("visit", "recorded_by", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_case_id"), "visit", ["case_id"])
    op.create_index(op.f("ix_visit_item_id"), "visit", ["item_id"])
    op.create_table(
        "visitor",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(40), nullable=False),
        _reference("visitor", "visit_id", "visit.id"),
        _reference("visitor", "user_id", "user_account.id"),
        sa.PrimaryKeyConstraint("visit_id", "n", name=op.f("pk_visitor")),
    )
    for column in ("name", "user_id"):
        name = f"uq_visitor_visit_id_{column}"
        op.create_index(name, "visitor", ["visit_id", column], unique=True)
    op.create_table(
        "visit_demand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_demand")),
    )
    op.create_index(
        "uq_visit_demand_category_in_force",
        "visit_demand",
        ["category"],
        unique=True,
        sqlite_where=sa.text(_IN_FORCE),
        postgresql_where=sa.text(_IN_FORCE),
    )
    op.execute(_COLUMN)


def downgrade() -> None:
    """Pictures stay evidence of their item; what was written beside them goes with its table."""
    with op.batch_alter_table("evidence") as evidence:
        evidence.drop_column("visit_id")
    op.drop_table("visit_demand")
    op.drop_table("visitor")
    op.drop_table("visit")
