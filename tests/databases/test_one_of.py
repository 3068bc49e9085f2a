"""A condition on several values is one statement, whatever their number, on both databases."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import String, event, insert, select

from caseflow.db import Database
from caseflow.deadlines.tables import PublishedYear
from caseflow.many import one_of
from caseflow.people.tables import Area

_AREAS = select(Area.code).where(one_of(Area.code, "wanted", String)).order_by(Area.code)
_YEARS = select(PublishedYear.year).where(one_of(PublishedYear.year, "wanted")).order_by("year")


def _asked(database: Database, query: Any, wanted: Collection[Any]) -> tuple[list[Any], str]:
    """Return what is found and the statement as it went to the database."""
    said: list[str] = []

    def hear(_link: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    with database.read() as session:
        found = list(session.scalars(query, {"wanted": wanted}))
    event.remove(database.engine, "before_cursor_execute", hear)
    return found, said[-1]


def test_each_value_is_found_whatever_their_number_and_order(
    database: Database, now: datetime
) -> None:
    years = [*range(2001, 2041)]
    with database.transaction() as session:
        session.execute(insert(PublishedYear), [{"year": year, "set_at": now} for year in years])
    every = ([], years[:1], {*years[3:9]}, years[::-1], [1999])
    asked = [_asked(database, _YEARS, wanted) for wanted in every]
    assert [found for found, _ in asked] == [[], years[:1], years[3:9], years, []]
    assert len({statement for _, statement in asked}) == 1


def test_words_with_every_kind_of_mark_are_words(database: Database) -> None:
    strange = ['43"', "4'3", "{430503}", "NULL", "[430503]", "\\", "雨湖", ""]
    assert _asked(database, _AREAS, strange)[0] == []
    with database.transaction() as session:
        named = {"level": "province", "name": "甲", "province": "00"}
        session.execute(insert(Area), [{"code": code, **named} for code in strange if code])
    assert sorted(_asked(database, _AREAS, strange)[0]) == sorted(filter(None, strange))


def test_sqlite_finds_each_value_by_its_index(sqlite_database: Database) -> None:
    """Alone and beside others: what is compared with true is looked for in every row."""
    beside = _AREAS.where(Area.level == "county")
    for query in (_AREAS, beside):
        _, statement = _asked(sqlite_database, query, ["430503"])
        values = ("[]", "county")[: statement.count("?")]
        with sqlite_database.read() as session:
            link = session.connection()
            plan = link.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        [how] = [line for *_, line in plan if line.startswith(("SCAN area", "SEARCH area"))]
        assert how.startswith("SEARCH area USING"), how
