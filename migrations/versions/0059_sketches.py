"""Reports are known again by what they say: sketches of their texts, and of those that are there.

What is worked out here stays as `ledger.sketch` did it on that day: a later change of it brings
a migration that works them out anew.
"""

import unicodedata
from zlib import crc32

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0057"

_GRAM, _MOST, _LONGEST, _BATCH = 4, 400, 6000, 500
_TEXTS = sa.text("SELECT id, text FROM report WHERE id > :after ORDER BY id LIMIT :many")
_SKETCH = sa.table("sketch", sa.column("hash"), sa.column("report_id"))


def _hashes(text: str) -> list[int]:
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    said = "".join(ch for ch in plain if ch.isalnum())
    grams = {said[i : i + _GRAM] for i in range(len(said) - _GRAM + 1)}
    found = {crc32(gram.encode()) for gram in grams}
    return sorted(one >> 1 for one in found if one % 2 == 0)[:_MOST]


def upgrade() -> None:
    op.create_table(
        "sketch",
        sa.Column("hash", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("report_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("hash", "report_id", name=op.f("pk_sketch")),
        sqlite_with_rowid=False,
    )
    bind, after = op.get_bind(), 0
    while texts := bind.execute(_TEXTS, {"after": after, "many": _BATCH}).all():
        rows = [{"hash": one, "report_id": n} for n, text in texts for one in _hashes(text)]
        if rows:
            bind.execute(_SKETCH.insert(), rows)
        after = texts[-1][0]


def downgrade() -> None:
    op.drop_table("sketch")
