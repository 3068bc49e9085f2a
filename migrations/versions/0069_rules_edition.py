"""The rules of time carry a mark that changes with them, so that a process reads them once."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0067"

_OF = ("day_override", "published_year", "policy", "ladder")
_CHANGES = ("INSERT", "UPDATE", "DELETE")
_ANEW = """INSERT INTO rules_edition (id, edition) VALUES (1, {random})
    ON CONFLICT (id) DO UPDATE SET edition = excluded.edition"""
_RANDOM = {
    "sqlite": "lower(hex(randomblob(16)))",
    "postgresql": "replace(gen_random_uuid()::text, '-', '')",
}
_FUNCTION = """CREATE FUNCTION rules_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {anew}; RETURN NULL; END $$"""


def upgrade() -> None:
    op.create_table(
        "rules_edition",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules_edition")),
    )
    dialect = op.get_bind().dialect.name
    anew = _ANEW.format(random=_RANDOM[dialect])
    op.execute(anew)
    if dialect == "sqlite":
        _on_sqlite(anew)
    else:
        _on_postgresql(anew)


def _on_sqlite(anew: str) -> None:
    for table in _OF:
        for change in _CHANGES:
            op.execute(
                f"CREATE TRIGGER {table}_edition_{change.lower()} AFTER {change} ON {table} "
                f"BEGIN {anew}; END"
            )


def _on_postgresql(anew: str) -> None:
    op.execute(_FUNCTION.format(anew=anew))
    changes = " OR ".join((*_CHANGES, "TRUNCATE"))
    for table in _OF:
        op.execute(
            f"CREATE TRIGGER {table}_edition AFTER {changes} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION rules_changed()"
        )


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in _OF:
        if dialect == "postgresql":
            op.execute(f"DROP TRIGGER {table}_edition ON {table}")
            continue
        for change in _CHANGES:
            op.execute(f"DROP TRIGGER {table}_edition_{change.lower()}")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION rules_changed()")
    op.drop_table("rules_edition")
