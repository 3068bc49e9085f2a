"""A case may be split: a part of it becomes a case of its own.

The older code knows no case that began as a part of another one. Its reports, items and promises
stand with it, so going back it is a case like any other; coming again, the tables are filled from
what the histories say.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

_SAID = "SELECT case_id, n, at, body FROM entry WHERE verb = '{verb}' ORDER BY id"
_SPLIT = sa.table(
    "case_split", *map(sa.column, ("id", "case_id", "part_id", "at", "case_n", "part_n"))
)
_REPORT = sa.table("split_report", sa.column("split_id"), sa.column("report_id"))
_ITEM = sa.table("split_item", *map(sa.column, ("split_id", "item_id", "was")))


def _keys(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def _said(verb: str) -> list[tuple[int, int, object, dict[str, object]]]:
    rows = op.get_bind().execute(sa.text(_SAID.format(verb=verb))).all()
    return [(case_id, n, at, json.loads(body)["facts"]) for case_id, n, at, body in rows]


def _told_again() -> None:
    """Split again what the histories say was split."""
    bind = op.get_bind()
    numbers = dict(bind.execute(sa.text("SELECT id, number FROM case_file")).all())
    began = {numbers[case_id]: (case_id, n) for case_id, n, _, _ in _said("split_from")}
    of_report = sa.text("SELECT id FROM report WHERE number = :number")
    for case_id, n, at, facts in _said("split_off"):
        part_id, part_n = began[facts["into"]]
        row = {"case_id": case_id, "part_id": part_id, "at": at, "case_n": n, "part_n": part_n}
        new = bind.scalar(_SPLIT.insert().values(**row).returning(_SPLIT.c.id))
        for number in facts["reports"]:
            went = bind.scalar(of_report, {"number": number})
            bind.execute(_REPORT.insert().values(split_id=new, report_id=went))
        for item in facts["items"]:
            row = {"split_id": new, "item_id": item["id"], "was": item["was"]}
            bind.execute(_ITEM.insert().values(**row))


def upgrade() -> None:
    op.create_table(
        "case_split",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_n", sa.Integer(), nullable=False),
        sa.Column("part_n", sa.Integer(), nullable=False),
        sa.CheckConstraint("case_id < part_id", name=op.f("ck_case_split_later")),
        *_keys("case_split", case_id="case_file.id", part_id="case_file.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_split")),
        sa.UniqueConstraint("part_id", name=op.f("uq_case_split_part_id")),
    )
    op.create_index(op.f("ix_case_split_case_id"), "case_split", ["case_id"])
    for table, other, more in (
        ("split_report", "report", ()),
        ("split_item", "item", (sa.Column("was", sa.Integer(), nullable=False),)),
    ):
        key = f"{other}_id"
        op.create_table(
            table,
            sa.Column("split_id", sa.Integer(), nullable=False),
            sa.Column(key, sa.Integer(), nullable=False),
            *more,
            *_keys(table, **{"split_id": "case_split.id", key: f"{other}.id"}),
            sa.PrimaryKeyConstraint("split_id", key, name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{key}"), table, [key])
    _told_again()


def downgrade() -> None:
    for table in ("split_item", "split_report", "case_split"):
        op.drop_table(table)
