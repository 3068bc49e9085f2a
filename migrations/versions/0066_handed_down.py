"""What other offices hand down comes in once."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0061"


def _normal(said: str) -> str:
    plain = unicodedata.normalize("NFKC", said).lower()
    return "".join(ch for ch in plain if ch.isalnum())[:120]


def _claim() -> None:
    """Keep every number that came so far; where one came twice, for the first."""
    matter = sa.table(
        "handed_matter", sa.column("sender"), sa.column("number"), sa.column("report_id")
    )
    came = sa.text(
        "SELECT id, handed_by, handed_number FROM report"
        " WHERE handed_number <> '' AND handed_by <> '' AND follows IS NULL"
        " AND split_from IS NULL ORDER BY id"
    )
    first: dict[tuple[str, str], int] = {}
    for row in op.get_bind().execute(came):
        key = (_normal(row.handed_by), _normal(row.handed_number))
        if all(key):
            first.setdefault(key, row.id)
    if first:
        rows = [{"sender": s, "number": n, "report_id": r} for (s, n), r in first.items()]
        op.bulk_insert(matter, rows)


def upgrade() -> None:
    op.add_column("report", sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("report", sa.Column("back_due", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "handed_matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_handed_matter_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_matter")),
    )
    op.create_index(op.f("ix_handed_matter_report_id"), "handed_matter", ["report_id"])
    op.create_index(
        "uq_handed_matter_number_sender", "handed_matter", ["number", "sender"], unique=True
    )
    _claim()


def downgrade() -> None:
    op.drop_table("handed_matter")
    op.drop_column("report", "back_due")
    op.drop_column("report", "handed_at")
