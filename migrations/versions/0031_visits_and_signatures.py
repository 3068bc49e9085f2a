"""Visits, the categories that demand one, and who signs for what units answer."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_MOMENT = sa.DateTime(timezone=True)
# In words, because both databases add it like this without copying the table.
_COLUMN = """ALTER TABLE evidence ADD COLUMN visit_id INTEGER
    CONSTRAINT fk_evidence_visit_id REFERENCES visit (id)"""
_WAITS = "outcome IS NULL"
_CHECKS = {
    "move": "move IN ('find', 'submit')",
    "outcome": "outcome IN ('signed', 'sent_back', 'lapsed')",
    "decided_at": "(outcome IS NULL) = (decided_at IS NULL)",
    "signer": "outcome IS NULL OR (outcome = 'signed') = (signer <> '')",
}
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
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(12), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("rectifying_unit_id", sa.Integer(), nullable=True),
        sa.Column("rectify_text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("signer", sa.String(40), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_signature_{name}"))
            for name, said in _CHECKS.items()
        ),
        _reference("signature", "item_id", "item.id"),
        _reference("signature", "unit_id", "unit.id"),
        _reference("signature", "rectifying_unit_id", "unit.id"),
        _reference("signature", "written_by", "user_account.id"),
        _reference("signature", "decided_by", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_item_id"), "signature", ["item_id"])
    op.create_index("ix_signature_unit_id", "signature", ["unit_id"])
    op.create_index(
        "uq_signature_item_id_waits",
        "signature",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )


def downgrade() -> None:
    """Pictures stay evidence of their item; what was written beside them goes with its table."""
    op.drop_table("signature")
    with op.batch_alter_table("evidence") as evidence:
        evidence.drop_column("visit_id")
    op.drop_table("visit_demand")
    op.drop_table("visitor")
    op.drop_table("visit")
