"""What is known of a file: why it is held back, what an archive holds, its picture made anew, what
the scanner said; who opened a sealed file; uploads that come in pieces.
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

_MOMENT = sa.DateTime(timezone=True)
_HELD = "held IN ('', 'look', 'type', 'picture', 'archive')"
_SCANS = "scan IN ('unscanned', 'clean', 'infected', 'failed')"
_SQLITE = (
    *(
        f"""CREATE TRIGGER file_opening_no_{change.lower()} BEFORE {change} ON file_opening
            BEGIN SELECT RAISE(ABORT, 'file_opening is append-only'); END"""
        for change in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER file_opening_no_replace BEFORE INSERT ON file_opening
       WHEN EXISTS (SELECT 1 FROM file_opening WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'file_opening is append-only'); END""",
)
_POSTGRESQL = (
    *(
        f"""CREATE TRIGGER file_opening_no_{change.lower()} BEFORE {change} ON file_opening
            FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for change in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER file_opening_no_truncate BEFORE TRUNCATE ON file_opening
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)
_BACK = "(held IN ('type', 'picture', 'archive') OR scan IN ('infected', 'failed'))"
# Files that people hand in are looked at anew; originals and anchors are handed out to nobody.
_SEEN = """UPDATE blob SET held = '' WHERE id NOT IN (SELECT blob_id FROM attachment
    UNION SELECT blob_id FROM evidence UNION SELECT blob_id FROM accountability_evidence
    UNION SELECT blob_id FROM upload)"""
_DUE = "UPDATE blob SET scan_due = stored_at WHERE held = 'look'"


def upgrade() -> None:
    with op.batch_alter_table("blob") as blob:
        blob.add_column(sa.Column("held", sa.String(10), server_default="look", nullable=False))
        blob.add_column(sa.Column("about", sa.Text(), server_default="", nullable=False))
        blob.add_column(sa.Column("shown_id", sa.String(64), nullable=True))
        blob.add_column(
            sa.Column("scan", sa.String(10), server_default="unscanned", nullable=False)
        )
        blob.add_column(sa.Column("scan_due", _MOMENT, nullable=True))
        blob.add_column(sa.Column("scan_tries", sa.Integer(), server_default="0", nullable=False))
        blob.add_column(sa.Column("scan_found", sa.String(200), server_default="", nullable=False))
        blob.add_column(sa.Column("scan_db", sa.String(40), server_default="", nullable=False))
        blob.add_column(sa.Column("scanned_at", _MOMENT, nullable=True))
        blob.create_foreign_key(op.f("fk_blob_shown_id"), "blob", ["shown_id"], ["id"])
        blob.create_check_constraint(op.f("ck_blob_held"), _HELD)
        blob.create_check_constraint(op.f("ck_blob_scan"), _SCANS)
    op.execute(_SEEN)
    op.execute(_DUE)
    op.create_index("ix_blob_shown_id", "blob", ["shown_id"])
    _partial("ix_blob_scan_due", "scan_due", "scan_due IS NOT NULL")
    _partial("ix_blob_unseen", "id", "held = 'look'")
    _partial("ix_blob_back", "stored_at", _BACK)
    _openings()
    _pieces()


def _openings() -> None:
    op.create_table(
        "file_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_file_opening_blob_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_file_opening_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_opening")),
    )
    op.create_index("ix_file_opening_blob_id", "file_opening", ["blob_id"])
    guards = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for guard in guards:
        op.execute(guard)


def _pieces() -> None:
    op.create_table(
        "upload_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(40), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", _MOMENT, nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_part")),
    )
    op.create_index("uq_upload_part_token", "upload_part", ["token"], unique=True)
    op.create_index("ix_upload_part_nonce", "upload_part", ["nonce"])
    op.create_index("ix_upload_part_touched_at", "upload_part", ["touched_at"])
    op.create_table(
        "upload_piece",
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_upload_piece_blob_id")),
        sa.ForeignKeyConstraint(
            ["part_id"], ["upload_part.id"], name=op.f("fk_upload_piece_part_id")
        ),
        sa.PrimaryKeyConstraint("part_id", "place", name=op.f("pk_upload_piece")),
    )
    op.create_index("ix_upload_piece_blob_id", "upload_piece", ["blob_id"])


def _partial(name: str, column: str, which: str) -> None:
    where = sa.text(which)
    op.create_index(name, "blob", [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in ("upload_piece", "upload_part", "file_opening"):
        op.drop_table(table)
    for index in ("ix_blob_back", "ix_blob_unseen", "ix_blob_scan_due", "ix_blob_shown_id"):
        op.drop_index(index, "blob")
    op.execute("UPDATE blob SET shown_id = NULL")
    with op.batch_alter_table("blob") as blob:
        blob.drop_constraint(op.f("ck_blob_scan"), type_="check")
        blob.drop_constraint(op.f("ck_blob_held"), type_="check")
        blob.drop_constraint(op.f("fk_blob_shown_id"), type_="foreignkey")
        for column in (
            *("scanned_at", "scan_db", "scan_found", "scan_tries", "scan_due", "scan"),
            *("shown_id", "about", "held"),
        ):
            blob.drop_column(column)
