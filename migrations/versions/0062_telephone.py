"""The telephone: every call, who rings back by when, what was recorded, who is on duty."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

_MOMENT = sa.DateTime(timezone=True)
_SUBJECTS = ("case_id", "item_id", "order_id", "quarantine_id", "report_id")

# An office that wrote rules of its own gets the one that was not there to be written: whoever rang
# in vain is rung back as soon as something urgent is taken up there.
_RULE = """INSERT INTO policy (id, clock, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, 'ring_back', 1, 'hours', false, 10, 0, 0, 2, 0, 'office', 1,
      false, min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = 'ring_back')
    HAVING count(*) > 0"""
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""
_FORGOTTEN = (
    "DELETE FROM rung WHERE clock_id IN (SELECT id FROM clock WHERE call_id IS NOT NULL)",
    "UPDATE clock SET follows = NULL WHERE call_id IS NOT NULL",
    "DELETE FROM clock WHERE call_id IS NOT NULL",
    "DELETE FROM policy WHERE clock = 'ring_back'",
)


def _one_of(*names: str) -> str:
    return " + ".join(f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)" for name in names) + " = 1"


def _keys(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def _checks(table: str, **said: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(one, name=op.f(f"ck_{table}_{name}")) for name, one in said.items()]


def _some(name: str, table: str, columns: list[str], which: str) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _calls() -> None:
    op.create_table(
        "phone_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("provider_id", sa.String(100), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("identity_id", sa.String(32), nullable=True),
        sa.Column("number_index", sa.String(64), nullable=True),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ringing_at", _MOMENT, nullable=True),
        sa.Column("ringing", sa.Integer(), nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("heard_at", _MOMENT, nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("settled", sa.String(12), nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        *_checks(
            "phone_call",
            outcome="outcome IN ('ringing', 'talking', 'answered', 'missed', 'voicemail')",
            settled="settled IN ('rung_back', 'got_through', 'logged')",
            settled_at="(settled IS NULL) = (settled_at IS NULL)",
        ),
        *_keys(
            "phone_call",
            area_code="area.code",
            identity_id="identity.id",
            ringing="user_account.id",
            answered_by="user_account.id",
            report_id="report.id",
            head_id="phone_call.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_call")),
    )
    for column in ("report_id", "head_id"):
        op.create_index(op.f(f"ix_phone_call_{column}"), "phone_call", [column])
    pair = ["provider", "provider_id"]
    op.create_index("uq_phone_call_provider_id", "phone_call", pair, unique=True)
    op.create_index("ix_phone_call_number_index", "phone_call", ["number_index", "began_at"])
    waits = "settled_at IS NULL AND outcome IN ('missed', 'voicemail')"
    _some("ix_phone_call_open", "phone_call", ["area_code", "id"], waits)
    rings = "outcome IN ('ringing', 'talking')"
    _some("ix_phone_call_ringing", "phone_call", ["area_code", "id"], rings)


def _beside() -> None:
    op.create_table(
        "ring_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        *_keys("ring_back", call_id="phone_call.id", by="user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ring_back")),
    )
    op.create_index(op.f("ix_ring_back_call_id"), "ring_back", ["call_id"])
    op.create_table(
        "call_recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=True),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        *_checks("call_recording", state="state IN ('wanted', 'kept', 'cleared', 'lost')"),
        *_keys("call_recording", call_id="phone_call.id", blob_id="blob.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_recording")),
    )
    op.create_index(op.f("ix_call_recording_call_id"), "call_recording", ["call_id"])
    op.create_index("uq_call_recording_place", "call_recording", ["place"], unique=True)
    open_ = "state IN ('wanted', 'kept')"
    _some("ix_call_recording_open", "call_recording", ["next_at"], open_)
    op.create_table(
        "duty_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.String(64), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        *_keys(
            "duty_line",
            area_code="area.code",
            user_id="user_account.id",
            set_by="user_account.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_line")),
    )
    op.create_index(op.f("ix_duty_line_number_index"), "duty_line", ["number_index"])
    once = ["area_code", "user_id"]
    op.create_index("uq_duty_line_user_id", "duty_line", once, unique=True)


def upgrade() -> None:
    _calls()
    _beside()
    with op.batch_alter_table("clock") as table:
        table.add_column(sa.Column("call_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_clock_call_id"), "phone_call", ["call_id"], ["id"])
        table.drop_constraint(op.f("ck_clock_one_subject"), type_="check")
        table.create_check_constraint(op.f("ck_clock_one_subject"), _one_of(*_SUBJECTS, "call_id"))
        table.create_index(op.f("ix_clock_call_id"), ["call_id"])
    op.execute(_RULE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)


def downgrade() -> None:
    for said in _FORGOTTEN:
        op.execute(said)
    with op.batch_alter_table("clock") as table:
        table.drop_index(op.f("ix_clock_call_id"))
        table.drop_constraint(op.f("ck_clock_one_subject"), type_="check")
        table.drop_constraint(op.f("fk_clock_call_id"), type_="foreignkey")
        table.drop_column("call_id")
        table.create_check_constraint(op.f("ck_clock_one_subject"), _one_of(*_SUBJECTS))
    for name in ("duty_line", "call_recording", "ring_back", "phone_call"):
        op.drop_table(name)
