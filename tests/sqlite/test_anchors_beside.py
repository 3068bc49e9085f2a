"""Anchors hold the histories of circulars and of files of inquiry too (`ledger.beside`)."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.histories import BESIDE
from caseflow.ledger import anchored, anchors, history
from caseflow.ledger.history import GENESIS, link
from tests import office as offices
from tests.ledger.inquiries import DAY, kept
from tests.ledger.late import Late
from tests.pure.rings import fresh_key

ENTRIES = {"circular": "circular_entry", "file": "accountability_step"}
ROWS = {"circular": "circular", "file": "accountability_file"}
GONE = {
    "circular": ("circular_item", "circular_unit", "circular_entry", "circular"),
    "file": ("accountability_inquirer", "accountability_step", "accountability_file"),
}
PASSES = "INSERT INTO anchored_beside VALUES ('{0}', 'file', 1, 9)"


class House:
    """An office with a circular and a file of inquiry, three steps each, and one anchor."""

    def __init__(self, database: Database, folder: Path, begin: datetime) -> None:
        self.database, self.ring = database, KeyRing([fresh_key()])
        self.store = LocalStore(folder / "files", self.ring)
        with kept(database, begin) as city:
            city.on_the_way("notice_served")
            Late(city.session, city.office, begin).issued(
                Late(city.session, city.office, begin).draft()
            )
            self.now = city.now

    def anchor(self, with_them: bool = True) -> None:
        kinds = BESIDE if with_them else ()
        area = offices.DISTRICT
        assert anchors.make(self.database, self.store, self.ring, area, self.now, kinds)
        self.now += 3 * DAY

    def line(self) -> str:
        with self.database.read() as session:
            return anchored.verify(session, self.store, self.ring, self.now, BESIDE).line

    def run(self, *statements: str) -> None:
        """Change rows as somebody would who owns the database: past its triggers."""
        with self.database.transaction() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                known = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                for name in session.scalars(text(known)).all():
                    session.execute(text(f"DROP TRIGGER {name}"))
            for statement in statements:
                session.execute(text(statement))

    def rewrite(self, kind: str, after: int) -> None:
        """Write a history anew from an entry on, hashes and head and all: it fits by itself."""
        with self.database.read() as session:
            query = f"SELECT id, body FROM {ENTRIES[kind]} ORDER BY n"
            rows = session.execute(text(query)).all()
        prev, statements = GENESIS, []
        for n, (entry, body) in enumerate(rows, 1):
            said = json.loads(body) | ({"role": "auditor"} if n > after else {})
            digest = link(prev, history.canonical(said))
            told = history.canonical(said).replace("'", "''").replace(":", r"\:")
            statements.append(
                f"UPDATE {ENTRIES[kind]} SET body = '{told}', prev = '{prev}', hash = '{digest}' "
                f"WHERE id = {entry}"
            )
            prev = digest
        self.run(*statements, f"UPDATE {ROWS[kind]} SET head = '{prev}'")

    def cut(self, kind: str) -> None:
        """Cut off the last entry, and the head with it."""
        last = f"(SELECT max(n) FROM {ENTRIES[kind]})"
        before = f"(SELECT hash FROM {ENTRIES[kind]} WHERE n = {last} - 1)"
        self.run(
            f"UPDATE {ROWS[kind]} SET head = {before}, head_n = head_n - 1",
            f"DELETE FROM {ENTRIES[kind]} WHERE n = {last}",
        )


@pytest.fixture
def house(database: Database, tmp_path: Path, now: datetime) -> Iterator[House]:
    return House(database, tmp_path, now)  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["circular", "file"])
def test_what_is_written_anew_cut_off_or_gone_is_named(house: House, kind: str) -> None:
    house.anchor()
    assert house.line().startswith("ok ")
    with house.database.read() as session:
        query = f"SELECT id, head_n FROM {ROWS[kind]}"
        row_id, head_n = session.execute(text(query)).one()
    named = f"misfit {kind} {row_id} {head_n} anchor 1"
    house.rewrite(kind, head_n - 1)
    assert house.line() == named
    house.cut(kind)
    assert house.line() == named
    house.run(*(f"DELETE FROM {table}" for table in GONE[kind]))
    assert house.line() == named


@pytest.mark.parametrize("kind", ["circular", "file"])
def test_a_chain_that_does_not_fit_by_itself_is_named_without_an_anchor(
    house: House, kind: str
) -> None:
    assert house.line().startswith("ok ")
    house.run(f"UPDATE {ENTRIES[kind]} SET body = 'no JSON' WHERE n = 1")
    assert house.line() == f"misfit {kind}"


def test_what_is_kept_from_being_anchored_or_bears_an_old_moment_is_named(house: House) -> None:
    house.run("UPDATE accountability_file SET head_n = 0")  # as if it had no history
    house.anchor()
    house.run("UPDATE accountability_file SET head_n = 3")
    assert house.line() == "misfit file 1 1 in no anchor"
    with house.database.read() as session:
        [head] = session.scalars(text("SELECT head FROM accountability_file")).all()
    house.run(PASSES.format(head))  # and the next anchor would leave it out
    assert house.line() == "misfit file 1 9 in no anchor"


def test_an_anchor_says_nothing_of_whose_history_it_is_and_each_end_once(house: House) -> None:
    house.anchor()
    house.anchor()
    with house.database.read() as session:
        first, second = anchors.all_of(session)
        heads, again = (b"".join(house.store.open(one.blob_id)) for one in (first, second))
    assert heads.count(b"\n- ") == 2
    assert b"file" not in heads
    assert (first.cases, second.cases) == (heads.count(b"\n"), 0)
    assert again == b""
    assert house.line().startswith("ok ")


def test_an_office_that_was_there_before_fits_until_its_next_anchor_and_after(
    house: House,
) -> None:
    house.anchor(with_them=False)
    assert house.line().startswith("ok ")
    house.anchor()
    assert house.line().startswith("ok ")
    house.cut("circular")
    assert house.line().startswith("misfit circular 1 ")
