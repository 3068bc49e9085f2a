"""Evidence belongs to the unit that handed it in, wherever its people go since."""

from alembic import op

revision = "0007"
down_revision = "0006"

# In words, because both databases add it like this without copying the table.
_COLUMN = """ALTER TABLE evidence ADD COLUMN unit_id INTEGER
    CONSTRAINT fk_evidence_unit_id REFERENCES unit (id)"""

# What was handed in before was handed in for the unit that its person belongs to now.
_KNOWN = """UPDATE evidence SET unit_id =
    (SELECT unit_id FROM user_account WHERE user_account.id = evidence.user_id)"""


def upgrade() -> None:
    op.execute(_COLUMN)
    op.execute(_KNOWN)


def downgrade() -> None:
    with op.batch_alter_table("evidence") as batch:
        batch.drop_column("unit_id")
