"""Four eyes hold between two transactions at once: whoever becomes a hand waits for the item.

PostgreSQL shows neither what the other has not committed. SQLite has one writer and needs nothing.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

_GUARD = """CREATE OR REPLACE FUNCTION item_actor_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     {lock}
     IF EXISTS (SELECT 1 FROM item WHERE id = NEW.item_id AND struck_off_by = NEW.user_id) THEN
       RAISE EXCEPTION 'four eyes: struck off by this person' USING ERRCODE = '23514';
     END IF;
     RETURN NEW;
   END $$"""
_LOCK = "PERFORM 1 FROM item WHERE id = NEW.item_id FOR NO KEY UPDATE;"


def _guard(lock: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_GUARD.format(lock=lock))


def upgrade() -> None:
    _guard(_LOCK)


def downgrade() -> None:
    _guard("")
