"""How PostgreSQL finds things in a ledger that grew: plans, pages looked at, what it weighs.

    python -m bench.plans [--size CASES]

Two ledgers with as many open cases, one with five times the past of the other, are asked the same;
`docs/plans.md` is written from what they did. Pages are counted, not seconds: they are the same on
every machine.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import places
from bench.filling import Plan
from caseflow.db import Database
from caseflow.escalation.sweep import sweep
from caseflow.escalation.waiting import mine
from caseflow.insight import watching
from caseflow.ledger import apart, in_hand, listing, queries
from caseflow.ledger.waiting import waiting
from caseflow.outbox.metrics import figures
from caseflow.people.accounts import actor_of
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.people.tables import User
from config import ROOT
from tests.asked import asked
from tests.postgres import Postgres

PAGE = ROOT / "docs" / "plans.md"
TIMES = 5
OPEN = 5_000
WIDTH = 200
"""Of a line of a plan: a list of ids may be far longer."""
OVERDUE = 500
_HOW = "ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF"
_PAGES = re.compile(r"shared((?: (?:hit|read|dirtied|written)=\d+)+)")

Work = Callable[[Session], object]


@dataclass(frozen=True)
class Found:
    """How a statement was carried out: its plan, and how many pages of 8 KiB it looked at."""

    plan: str
    pages: int


def of_open_cases(city: Actor, county: Actor, handler: Actor, now: datetime) -> Mapping[str, Work]:
    """Return what the office does all day, none of which may care how long its past is.

    `city`, `county`: a reader of each level, the second one the supervisor of `handler`.
    """
    lists = {
        f"work list, {name}": partial(
            queries.work_list, scope=scope_of(who), filters=queries.Filters()
        )
        for name, who in (("city", city), ("county", county))
    }
    return {
        **lists,
        "work list, second page": partial(_second_page, scope_of(county)),
        "beside a work list": partial(_beside, city),
        "groups above a work list": partial(listing.groups, actor=county, now=now),
        "what stands above a work list": partial(apart.listed, actor=county),
        "what waits for a supervisor": partial(waiting, actor=county, documents=mine),
        "what a handler has in hand": partial(_in_hand, county, handler),
        "sweep": partial(sweep, now=now),
        "late promises, for /metrics": partial(watching.watch, now=now),
        "figures of the outbox": partial(figures, now=now),
    }


def of_the_ledger(city: Actor) -> Mapping[str, Work]:
    """Return what reads the past as well."""
    find = partial(queries.find, scope=scope_of(city))
    return {
        "search 补课": partial(find, words="补课"),
        "search, a rare word": partial(find, words="skateboard"),
    }


def _second_page(scope: Any, session: Session) -> None:
    last = queries.work_list(session, scope, queries.Filters())[-1]
    after = queries.Place(last.rank, last.next_due, last.id)
    queries.work_list(session, scope, queries.Filters(), after)


def _beside(city: Actor, session: Session) -> None:
    listing.beside(session, queries.work_list(session, scope_of(city), queries.Filters()))


def _in_hand(reader: Actor, handler: Actor, session: Session) -> None:
    in_hand.pieces(session, reader, handler.person)


def carried_out(database: Database, work: Work) -> list[Found]:
    """Return how PostgreSQL carries out each question that some work asks; nothing is changed."""
    address = database.url.replace("+psycopg", "")
    with psycopg.connect(address) as link:
        found = list(_explained(link, asked(database, work)))
        link.rollback()
    return found


def _explained(link: "psycopg.Connection[Any]", sent: Iterable[tuple[str, Any]]) -> Iterable[Found]:
    """Explain each question as it was planned: for what it asked, or once for all."""
    link.execute("SET plan_cache_mode = force_custom_plan")
    for statement, said in sent:
        if statement.startswith("SET LOCAL"):
            link.execute(statement)
        elif statement.startswith(("SELECT", "WITH")):
            yield _one(link, statement, said)


def _one(link: "psycopg.Connection[Any]", statement: str, said: Any) -> Found:
    psycopg.RawCursor(link).execute(statement, said, prepare=True)
    newest = "SELECT name FROM pg_prepared_statements ORDER BY prepare_time DESC, name DESC LIMIT 1"
    [(name,)] = link.execute(newest, prepare=False).fetchall()
    values = list(said or ())
    asked = f"({', '.join(['%s'] * len(values))})" if values else ""
    cursor = psycopg.ClientCursor(link)
    cursor.execute(f"EXPLAIN ({_HOW}) EXECUTE {name}{asked}", values)
    lines = [line for (line,) in cursor.fetchall()]
    planning = next((n for n, line in enumerate(lines) if line == "Planning:"), len(lines))
    plan = [_short(line) for line in lines[:planning] if "Buffers:" not in line]
    first = next((line for line in lines[:planning] if "Buffers:" in line), "")
    return Found("\n".join(plan), _looked_at(first))


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[:WIDTH]} …"


def _looked_at(line: str) -> int:
    pages = _PAGES.search(line)
    return sum(map(int, re.findall(r"(?:hit|read)=(\d+)", pages[1]))) if pages else 0


# The page


Measured = Mapping[str, Sequence[Found]]


@dataclass(frozen=True)
class Weight:
    """Of a table: its rows, the bytes of the table itself and those of its indexes."""

    name: str
    rows: int
    own: int
    indexes: int


@dataclass(frozen=True)
class Seen:
    """One of the two ledgers: how many cases, what each work did, what its tables weigh."""

    cases: int
    of_open: Measured
    of_all: Measured
    weights: Sequence[Weight]


def measured(server: Postgres, cases: int, name: str) -> Seen:
    """Fill a ledger with `OPEN` open cases among `cases`, and look at it."""
    plan = Plan(cases, open_share=OPEN / cases, overdue=OVERDUE)
    with places.an_office(server, name) as settings, places.built(settings) as office:
        places.fill(settings, plan)
        with places.connect(settings) as link:
            weights = link.cursor(row_factory=class_row(Weight)).execute(_WEIGHTS).fetchall()
        with office.database.read() as session:
            people = {user.username: actor_of(session, user) for user in session.scalars(_PEOPLE)}
        city = people["city"]
        open_ones = of_open_cases(city, people["supervisor"], people["handler"], plan.now)
        every = of_the_ledger(city)
        return Seen(
            cases,
            {name: carried_out(office.database, work) for name, work in open_ones.items()},
            {name: carried_out(office.database, work) for name, work in every.items()},
            weights,
        )


_PEOPLE = select(User).where(User.username.in_(("city", "supervisor", "handler")))
_WEIGHTS = """SELECT relname AS name, greatest(reltuples, 0)::bigint AS rows,
    pg_table_size(oid) AS own, pg_indexes_size(oid) AS indexes
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND pg_total_relation_size(oid) > 100 * 8192 ORDER BY pg_total_relation_size(oid) DESC"""

_HEAD = """# How things are found

Written by `python -m bench.plans --size {large}`, not by hand. Two ledgers on PostgreSQL \
{version} with its default settings, both with {open:,} open cases ({overdue} of them overdue), \
one with {small:,} cases in all, one with {large:,}. A page is 8 KiB; what is counted is how many \
of them all statements of a piece of work looked at, wherever they lay. It is the same on every \
machine. \
`tests/databases/test_growth.py` holds it at a smaller size, \
[decision 70](decisions/0070-growth.md) says what follows.

## What an office does all day

| work | statements | pages at {small:,} | pages at {large:,} |
|---|---|---|---|
"""


def page(small: Seen, large: Seen, version: str) -> str:
    """Return docs/plans.md."""
    told = _HEAD.format(
        small=small.cases, large=large.cases, open=OPEN, overdue=OVERDUE, version=version
    )
    told += _table(small.of_open, large.of_open)
    told += "\n## What reads the past as well\n\n| work | statements |"
    told += f" pages at {small.cases:,} | pages at {large.cases:,} |\n|---|---|---|---|\n"
    told += _table(small.of_all, large.of_all)
    told += f"\n## What a case weighs\n\nAt {large.cases:,} cases, after a vacuum, bytes for each "
    told += "case; files and originals are not in it.\n\n"
    told += "| table | rows a case | table | indexes |\n|---|---|---|---|\n" + _weighed(large)
    told += f"\n## Plans at {large.cases:,}\n"
    for name, found in {**large.of_open, **large.of_all}.items():
        plans = "\n\n".join(one.plan for one in found)
        told += f"\n### {name}\n\n```\n{plans}\n```\n"
    return told


def _table(small: Measured, large: Measured) -> str:
    rows = [
        f"| {name} | {len(found)} | {_sum(small[name]):,} | {_sum(found):,} |"
        for name, found in large.items()
    ]
    return "\n".join(rows) + "\n"


def _sum(found: Iterable[Found]) -> int:
    return sum(one.pages for one in found)


def _weighed(ledger: Seen) -> str:
    rows = [
        f"| {one.name} | {one.rows / ledger.cases:.1f} | {one.own / ledger.cases:,.0f} |"
        f" {one.indexes / ledger.cases:,.0f} |"
        for one in ledger.weights
    ]
    own = sum(one.own for one in ledger.weights) / ledger.cases
    indexes = sum(one.indexes for one in ledger.weights) / ledger.cases
    return "\n".join([*rows, f"| **all** | | **{own:,.0f}** | **{indexes:,.0f}** |"]) + "\n"


def main(path: Path = PAGE) -> int:
    """Measure both ledgers and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.plans", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="cases of the larger ledger")
    large = parser.parse_args().size
    with places.postgresql() as server:
        young, old = (measured(server, one, f"bench_{one}") for one in (large // TIMES, large))
        with server.admin() as link:
            [(version,)] = link.execute("SHOW server_version").fetchall()
    path.write_text(page(young, old, str(version).partition(" ")[0]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
