"""What administrators change is kept, and the database refuses to change or delete it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NO_REPLACE = """CREATE TRIGGER office_change_no_replace BEFORE INSERT ON office_change
    WHEN EXISTS (SELECT 1 FROM office_change WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'office_change is append-only'); END"""
_NO_TRUNCATE = """CREATE TRIGGER office_change_no_truncate BEFORE TRUNCATE ON office_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    op.create_table(
        "office_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_office_change_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["area_code"], ["area.code"], name=op.f("fk_office_change_area_code")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_office_change_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_change")),
    )
    op.create_index(op.f("ix_office_change_area_code"), "office_change", ["area_code"])
    op.create_index(op.f("ix_office_change_user_id"), "office_change", ["user_id"])
    for change in ("UPDATE", "DELETE"):
        op.execute(_refusal(change))
    op.execute(_NO_REPLACE if _is_sqlite() else _NO_TRUNCATE)


def _refusal(change: str) -> str:
    name = f"office_change_no_{change.lower()}"
    if _is_sqlite():
        return (
            f"CREATE TRIGGER {name} BEFORE {change} ON office_change "
            "BEGIN SELECT RAISE(ABORT, 'office_change is append-only'); END"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {change} ON office_change "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("office_change")
