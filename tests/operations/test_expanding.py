"""The code of one release before works on the tables of this one, so that nobody is turned away
while an installation is brought up to date: expand, migrate, contract (docs/operations.md).
"""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text

from caseflow import migrating, setup
from caseflow.app import Unready
from caseflow.backup import rows
from caseflow.backup.restoring import guards_of
from caseflow.db import Database
from tests import demo_office
from tests.operations.test_backup import NOW
from tests.web.site import Site, site

__all__ = ["site"]

Before = dict[str, tuple[rows.Shape, list[Any]]]


def contracts() -> str:
    """Return what the newest migration says that nothing has used since, or nothing."""
    (file,) = (migrating.MIGRATIONS / "versions").glob(f"{migrating.head()}_*.py")
    spec = importlib.util.spec_from_file_location("newest", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(getattr(module, "contracts", ""))


def as_before(tmp_path: Path) -> Before:
    """Return every row of a demo office as the code of one migration before would write it."""
    built = demo_office.make(f"sqlite:///{tmp_path}/before.db", tmp_path, NOW)
    migrating.downgrade(built.database.engine, migrating.known()[migrating.head()])
    with built.database.read() as session:
        link = session.connection()
        shapes = [rows.shape_of(link, name) for name in rows.tables(link)]
        found = {one.name: (one, read_as(link, one)) for one in shapes}
    built.database.close()
    return found


def read_as(link: Connection, shape: rows.Shape) -> list[Any]:
    """Read a table as code does that knows these columns."""
    return sorted(map(tuple, link.execute(select(*shape.clause.c))), key=repr)


def test_the_newest_migration_leaves_the_code_before_it_able_to_write_and_to_read(
    database: Database, tmp_path: Path
) -> None:
    if contracts():
        assert contracts() in migrating.known(), "it names the migration since which nothing did"
        assert contracts() not in (migrating.head(), migrating.known()[migrating.head()])
        return
    before = as_before(tmp_path)
    assert len(before["entry"][1]) > 100
    with database.transaction() as session:
        link = session.connection()
        guards = guards_of(link)
        guards.aside()  # they want the order of the moves
        for shape, written in before.values():
            names = [name for name, _ in shape.columns]
            if written:
                ready = [dict(zip(names, row, strict=True)) for row in written]
                link.execute(insert(shape.clause), ready)
        guards.back()
    with database.read() as session:
        for shape, written in before.values():
            assert read_as(session.connection(), shape) == written, shape.name


def test_code_that_meets_tables_of_newer_code_goes_on_and_does_not_touch_them(site: Site) -> None:
    def at(revision: str) -> int:
        site.do(lambda s: s.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'")))
        return site.nobody().get("/readyz").status

    assert at("9999") == 200
    with pytest.raises(Unready, match="9999"):
        setup.prepare(site.services)
    assert at(migrating.known()[migrating.head()]) == 503
    assert at(migrating.head()) == 200
