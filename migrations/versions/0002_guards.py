"""What the database itself refuses, and the full-text index.

Entries, hands and reveals are append-only; an entry never replaces one (INSERT OR REPLACE walked
past the first two triggers on SQLite); nobody strikes off an item they had a hand in, and nobody
who struck one off is added to its hands later (engine 7 and 9, design laws 4 and 8).
"""

from alembic import op

revision = "0002"
down_revision = "0001"

_KEPT = ("entry", "item_actor", "reveal")

_SQLITE = (
    """CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
       WHEN EXISTS (
         SELECT 1 FROM entry WHERE id = NEW.id OR (case_id = NEW.case_id AND n = NEW.n))
       BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END""",
    """CREATE TRIGGER item_actor_no_replace BEFORE INSERT ON item_actor
       WHEN EXISTS (
         SELECT 1 FROM item_actor
         WHERE item_id = NEW.item_id AND user_id = NEW.user_id AND part = NEW.part)
       BEGIN SELECT RAISE(ABORT, 'item_actor is append-only'); END""",
    """CREATE TRIGGER reveal_no_replace BEFORE INSERT ON reveal
       WHEN EXISTS (SELECT 1 FROM reveal WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'reveal is append-only'); END""",
    """CREATE TRIGGER item_four_eyes BEFORE UPDATE ON item
       WHEN NEW.state = 'struck_off' AND EXISTS (
         SELECT 1 FROM item_actor WHERE item_id = NEW.id AND user_id = NEW.struck_off_by)
       BEGIN SELECT RAISE(ABORT, 'four eyes: struck off by one of its hands'); END""",
    """CREATE TRIGGER item_four_eyes_new BEFORE INSERT ON item WHEN NEW.state <> 'draft'
       BEGIN SELECT RAISE(ABORT, 'an item begins as a draft'); END""",
    """CREATE TRIGGER item_actor_four_eyes BEFORE INSERT ON item_actor
       WHEN EXISTS (
         SELECT 1 FROM item WHERE id = NEW.item_id AND struck_off_by = NEW.user_id)
       BEGIN SELECT RAISE(ABORT, 'four eyes: struck off by this person'); END""",
    "CREATE VIRTUAL TABLE search_report USING fts5(terms, content='')",
)

_POSTGRESQL = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23514'; END $$""",
    """CREATE FUNCTION refuse_replace() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF EXISTS (SELECT 1 FROM entry WHERE case_id = NEW.case_id AND n = NEW.n) THEN
           RAISE EXCEPTION 'entry is append-only' USING ERRCODE = '23514';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
       FOR EACH ROW EXECUTE FUNCTION refuse_replace()""",
    """CREATE FUNCTION item_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
           RAISE EXCEPTION 'an item begins as a draft' USING ERRCODE = '23514';
         END IF;
         IF NEW.state = 'struck_off' AND EXISTS (
             SELECT 1 FROM item_actor WHERE item_id = NEW.id AND user_id = NEW.struck_off_by) THEN
           RAISE EXCEPTION 'four eyes: struck off by one of its hands' USING ERRCODE = '23514';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER item_four_eyes BEFORE INSERT OR UPDATE ON item
       FOR EACH ROW EXECUTE FUNCTION item_four_eyes()""",
    """CREATE FUNCTION item_actor_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF EXISTS (SELECT 1 FROM item WHERE id = NEW.item_id AND struck_off_by = NEW.user_id) THEN
           RAISE EXCEPTION 'four eyes: struck off by this person' USING ERRCODE = '23514';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER item_actor_four_eyes BEFORE INSERT ON item_actor
       FOR EACH ROW EXECUTE FUNCTION item_actor_four_eyes()""",
    """CREATE TABLE search_report (
         report_id integer PRIMARY KEY REFERENCES report (id), terms tsvector NOT NULL)""",
    "CREATE INDEX search_report_terms ON search_report USING gin (terms)",
)

_DOWN_SQLITE = (
    "DROP TABLE search_report",
    "DROP TRIGGER item_actor_four_eyes",
    "DROP TRIGGER item_four_eyes_new",
    "DROP TRIGGER item_four_eyes",
    "DROP TRIGGER reveal_no_replace",
    "DROP TRIGGER item_actor_no_replace",
    "DROP TRIGGER entry_no_replace",
)

_DOWN_POSTGRESQL = (
    "DROP TABLE search_report",
    "DROP TRIGGER item_actor_four_eyes ON item_actor",
    "DROP TRIGGER item_four_eyes ON item",
    "DROP TRIGGER entry_no_replace ON entry",
    "DROP FUNCTION item_actor_four_eyes()",
    "DROP FUNCTION item_four_eyes()",
    "DROP FUNCTION refuse_replace()",
)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    for statement in _SQLITE if _is_sqlite() else _POSTGRESQL:
        op.execute(statement)
    for table in _KEPT:
        for change in ("UPDATE", "DELETE"):
            op.execute(_refusal(table, change))
        if not _is_sqlite():
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _refusal(table: str, change: str) -> str:
    name = f"{table}_no_{change.lower()}"
    if _is_sqlite():
        return (
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {change} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    on = "" if _is_sqlite() else " ON {table}"
    for table in _KEPT:
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{change}" + on.format(table=table))
        if not _is_sqlite():
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    for statement in _DOWN_SQLITE if _is_sqlite() else _DOWN_POSTGRESQL:
        op.execute(statement)
    if not _is_sqlite():
        op.execute("DROP FUNCTION refuse_change()")
