"""A password that an administrator told has to be changed by whoever signs in with it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# Up to now nobody could choose their own. The demo's, one for all, was told by no administrator.
_KNOWN = """UPDATE user_account SET password_told = true WHERE id IN
    (SELECT user_id FROM office_change WHERE what IN ('account_created', 'password_reset'))"""


def upgrade() -> None:
    told = sa.Column("password_told", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("user_account", told)
    op.execute(_KNOWN)


def downgrade() -> None:
    op.drop_column("user_account", "password_told")
