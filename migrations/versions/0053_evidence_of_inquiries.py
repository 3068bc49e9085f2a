"""Files that come with the steps of a file of inquiry: append-only, as the steps are."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

_SQLITE = """CREATE TRIGGER accountability_evidence_no_{0} BEFORE {0} ON accountability_evidence
    BEGIN SELECT RAISE(ABORT, 'accountability_evidence is append-only'); END"""
_POSTGRESQL = """CREATE TRIGGER accountability_evidence_no_{0} BEFORE {0}
    ON accountability_evidence FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
_GUARDS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def upgrade() -> None:
    op.create_table(
        "accountability_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_evidence")),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["accountability_file.id"],
            name=op.f("fk_accountability_evidence_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["blob_id"], ["blob.id"], name=op.f("fk_accountability_evidence_blob_id")
        ),
    )
    op.create_index(
        op.f("ix_accountability_evidence_file_id"), "accountability_evidence", ["file_id"]
    )
    op.create_index(
        op.f("ix_accountability_evidence_blob_id"), "accountability_evidence", ["blob_id"]
    )
    for change in ("update", "delete"):
        op.execute(_GUARDS[op.get_bind().dialect.name].format(change))


def downgrade() -> None:
    """The files are forgotten with the rows that name them; their sums stay in the steps."""
    op.drop_table("accountability_evidence")
