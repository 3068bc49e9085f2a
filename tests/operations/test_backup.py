"""A backup made while people report comes back whole in an empty place, or not at all."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select, text

from caseflow import app, clock, doctor, migrating
from caseflow.app import Services
from caseflow.backup import restoring, taking
from caseflow.backup.archive import BackupRefused
from caseflow.cli import main
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.files.orphans import forget
from caseflow.histories import BESIDE
from caseflow.intake.old_ledger import desk as old_ledgers
from caseflow.ledger import anchored
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people import accounts
from caseflow.people.tables import User
from caseflow.tables import metadata
from config import Settings
from tests import demo_office
from tests.operations.load import Load, slowly
from tests.postgres import Postgres

NOW = datetime(2026, 3, 3, 2, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Services]:
    """A demo office with every kind of row, and files."""
    home = tmp_path / "first"
    home.mkdir()
    built = demo_office.make(f"sqlite:///{home}/caseflow.db", home, NOW)
    yield built
    built.database.close()


@pytest.fixture
def place(tmp_path: Path, office: Services) -> Settings:
    """An empty place on SQLite that has the key ring of the office."""
    home = tmp_path / "second"
    home.mkdir()
    shutil.copy(office.settings.keys, home / "keys.json")
    return Settings.read({"CASEFLOW_HOME": str(home)})


def content(database: Database) -> dict[str, list[Any]]:
    """Return every row of every table but the turns that processes take."""
    with database.read() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in ("lease", "rules_edition")
        }


def sound(built: Services) -> None:
    """Ask for every law and every history."""
    rooms = built.rooms
    with rooms.database.read(snapshot=True) as session:
        broken = [one.line for one in doctor.examine(session, rooms.store) if one.broken]
        assert broken == []
        assert anchored.verify(session, rooms.store, rooms.ring, NOW, BESIDE).fits
        blobs = session.scalars(text("SELECT id FROM blob")).all()
    assert blobs
    for blob_id in blobs:
        for _piece in rooms.store.open(blob_id):
            pass


def under_load(built: Services, path: Path) -> tuple[list[str], list[str]]:
    """Back up while people report; return who had been taken in before, and who in the end."""
    with Load(built.rooms, NOW) as load:
        before = list(load.numbers)
        taking.take(slowly(built.rooms, load), path)
    assert load.failed == []
    assert len(load.numbers) >= len(before) + 3
    return before, load.numbers


def holds(built: Services, before: list[str], after: list[str]) -> None:
    """What was told to be taken in before the backup is there; what came later need not be."""
    with built.database.read() as session:
        there = set(session.scalars(select(Report.number)))
    assert set(before) <= there
    assert not set(after) <= there, "nothing was reported between the snapshot and the files"


def moved(place: Settings, home: Path, url: str) -> Settings:
    """Return another empty place of the same keys."""
    shutil.copytree(place.home, home)
    names = {"CASEFLOW_HOME": str(home), "CASEFLOW_DATABASE_URL": url}
    return Settings.read(names)


def test_a_backup_made_under_load_comes_back_whole(
    office: Services, place: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "office.backup"
    told = under_load(office, archive)
    assert archive.stat().st_mode & 0o077 == 0
    assert b"BEGIN" not in archive.read_bytes()
    restored = app.receive(archive, False, place)
    built = app.services(place)
    holds(built, *told)
    sound(built)
    assert migrating.is_current(built.database.engine)
    assert migrating.differences(built.database.engine) == []
    assert restored.counted["case_file"] == len(content(built.database)["case_file"])
    with built.database.read() as session:
        found = queries_matching(session)
    assert found, "nothing can be searched for any more"
    # What stood aside guards again, and rows that refer to nothing are refused.
    with pytest.raises(Exception, match="append-only"), built.database.transaction() as session:
        session.execute(text("UPDATE entry SET verb = 'x'"))
    with pytest.raises(BackupRefused, match="holds files"):
        app.receive(archive, False, place)
    built.database.close()


def queries_matching(session: Any) -> list[int]:
    """Return the cases that a word of the demo finds."""
    from caseflow.ledger import search

    found = search.matching(session, "食堂", Case.id > 0, 5)
    return [] if found is None else list(session.scalars(select(Case.id).where(found)))


def test_an_office_moves_to_postgresql_and_back_and_nothing_is_different(
    office: Services, place: Settings, tmp_path: Path, postgres: Postgres
) -> None:
    """On the way it is backed up once more, from PostgreSQL and under load."""
    first, second, third = (tmp_path / f"{n}.backup" for n in "123")
    office.anchor(NOW + timedelta(days=1))
    taking.take(office.rooms, first)
    with postgres.copy("template0") as url:
        there = moved(place, tmp_path / "there", url)
        app.receive(first, False, there)
        built = app.services(there)
        assert content(built.database) == content(office.database)
        assert migrating.differences(built.database.engine) == []
        with built.database.read() as session:
            assert queries_matching(session)
        taking.take(built.rooms, second)
        told = under_load(built, third)  # and the next rows get the next numbers
        sound(built)
        with pytest.raises(BackupRefused, match="has tables"):
            app.receive(third, False, moved(place, tmp_path / "taken", url))
        assert not (tmp_path / "taken" / "files").exists()
        built.database.close()
    with postgres.copy("template0") as url:
        again = moved(place, tmp_path / "again", url)
        app.receive(third, False, again)
        built = app.services(again)
        holds(built, *told)
        sound(built)
        built.database.close()
    app.receive(second, False, place)
    back = app.services(place)
    assert content(back.database) == content(office.database)
    back.database.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the demo office, beside its keys."""
    home = tmp_path_factory.mktemp("small")
    built = demo_office.make(f"sqlite:///{home}/caseflow.db", home, NOW)
    taking.take(built.rooms, home / "office.backup")
    built.database.close()
    return home


def flipped(where: float) -> Callable[[Path], None]:
    """Flip one bit, so far into the file."""

    def damage(path: Path) -> None:
        found = bytearray(path.read_bytes())
        found[int(where * (len(found) - 1))] ^= 1
        path.write_bytes(found)

    return damage


def cut(path: Path) -> None:
    """Lose the last byte."""
    path.write_bytes(path.read_bytes()[:-1])


def other_words(path: Path) -> None:
    """Be something else."""
    path.write_bytes(b"-- PostgreSQL database dump\n" * 20)


def other_keys(path: Path) -> None:
    """Lie beside another ring."""
    (path.parent / "keys.json").unlink()
    KeyRing.create(path.parent / "keys.json")


def newer(path: Path) -> None:
    """Be of a migration that is not known yet."""
    path.unlink()
    built = app.services(Settings.read({"CASEFLOW_HOME": str(path.parent)}))
    with built.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    taking.take(built.rooms, path)
    built.database.close()
    (path.parent / "caseflow.db").unlink()
    (path.parent / "demo-password").unlink()
    shutil.rmtree(path.parent / "files")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (flipped(0.0), "is no backup of caseflow"),
        (flipped(0.0001), "another key ring|damaged at its beginning"),
        (flipped(0.5), "is damaged"),
        (flipped(1.0), "is damaged"),
        (cut, "is not whole: [0-9]+ bytes of [0-9]+"),
        (other_words, "is no backup of caseflow"),
        (other_keys, "another key ring"),
        (newer, "migration 9999, which this code does not know"),
    ],
)
def test_what_is_not_whole_is_refused_and_leaves_nothing(
    small: Path, tmp_path: Path, damage: Callable[[Path], None], says: str
) -> None:
    home = tmp_path / "home"
    if damage is newer:
        shutil.copytree(small, home)
    else:
        home.mkdir()
        for name in ("keys.json", "office.backup"):
            shutil.copy(small / name, home / name)
    damage(home / "office.backup")
    environment = {"CASEFLOW_HOME": str(home)}
    said = CliRunner(env=environment).invoke(main, ["restore", str(home / "office.backup")])
    assert said.exit_code == 1
    assert said.output.startswith("Error: ")
    assert re.search(says, said.output), said.output
    assert sorted(one.name for one in home.iterdir()) == [
        "keys.json",
        "office.backup",
    ]


def test_the_commands_back_up_check_and_restore(small: Path, tmp_path: Path) -> None:
    home, archive = tmp_path / "home", tmp_path / "office.backup"
    shutil.copytree(small, home, ignore=shutil.ignore_patterns("office.backup"))

    def run(at: Path, *arguments: str) -> tuple[int, str]:
        done = CliRunner(env={"CASEFLOW_HOME": str(at)}).invoke(main, arguments)
        return done.exit_code, done.output

    code, said = run(home, "backup", str(archive))
    assert (code, said.split()[1], said.split()[-3]) == (0, "cases", "keys")
    assert run(home, "backup", str(archive)) == (
        1,
        f"Error: {archive} is there already: a backup overwrites nothing\n",
    )
    nightly = tmp_path / "nightly"
    nightly.mkdir()
    for name in ("caseflow-20250101T000000Z.backup", "caseflow-20250102T000000Z.backup", "other"):
        (nightly / name).touch()
    assert run(home, "backup", "--keep", "2", str(nightly))[0] == 0
    assert len(list(nightly.iterdir())) == 3
    assert not (nightly / "caseflow-20250101T000000Z.backup").exists()
    code, checked = run(home, "restore", "--check", str(archive))
    assert (code, checked.split()[:2]) == (0, said.split()[:2])
    empty = tmp_path / "empty"
    code, words = run(empty, "restore", str(archive))
    assert (code, empty.exists()) == (1, False), words
    empty.mkdir()
    shutil.copy(home / "keys.json", empty)
    code, words = run(empty, "restore", str(archive))
    assert code == 0, words
    assert words.splitlines()[0] == checked.strip()
    assert "8 history: ok" in words


def test_a_lost_file_is_named_and_no_backup_is_left(office: Services, tmp_path: Path) -> None:
    with office.database.read() as session:
        blob_id = session.scalar(text("SELECT id FROM blob"))
    (office.settings.home / "files" / blob_id[:2] / blob_id).unlink()
    with pytest.raises(BackupRefused, match=blob_id):
        taking.take(office.rooms, tmp_path / "office.backup")
    assert not list(tmp_path.glob("office.backup*"))


def test_no_file_is_forgotten_while_a_backup_is_made(office: Services, tmp_path: Path) -> None:
    from caseflow.files import blobs

    rooms, later = office.rooms, clock.now()  # by which the turn is kept
    lies = blobs.put(rooms.store, b"named by nothing")
    with rooms.database.transaction() as session:
        blobs.name(session, lies, NOW - timedelta(days=9))
    os.utime(office.settings.home / "files" / lies.stored.id[:2] / lies.stored.id, (0, 0))
    forgotten: list[int] = []

    class Meanwhile:
        """The store; somebody wants to forget what nothing names before the first file is read."""

        def __getattr__(self, name: str) -> Any:
            return getattr(rooms.store, name)

        def open(self, blob_id: str, /) -> Iterator[bytes]:
            forgotten.append(forget(rooms.database, rooms.store, later, taking.unhindered))
            with pytest.raises(BackupRefused, match="another backup"):
                taking.take(rooms, tmp_path / "other.backup")
            return rooms.store.open(blob_id)

    taking.take(replace(rooms, store=Meanwhile()), tmp_path / "office.backup")  # type: ignore[arg-type]
    assert forgotten
    assert set(forgotten) == {0}
    assert forget(rooms.database, rooms.store, clock.now(), taking.unhindered) == 1


def test_a_backup_of_an_older_migration_is_brought_up_to_date(
    office: Services, place: Settings, tmp_path: Path
) -> None:
    newest = migrating.head()
    before = migrating.known()[newest]
    migrating.downgrade(office.database.engine, before)
    taking.take(office.rooms, tmp_path / "office.backup")
    assert restoring.check(tmp_path / "office.backup", office.rooms.ring).revision == before
    app.receive(tmp_path / "office.backup", False, place)
    built = app.services(place)
    assert migrating.is_current(built.database.engine)
    assert inspect(built.database.engine).has_table("case_file")
    sound(built)
    built.database.close()


def test_a_ledger_that_was_taken_over_comes_back_with_its_file_and_may_be_undone(
    office: Services, place: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "office.backup"
    taking.take(office.rooms, archive)
    app.receive(archive, False, place)
    built = app.services(place)
    with built.database.read() as session:
        boss = session.scalars(select(User).where(User.username == "supervisor")).one()
        actor = accounts.actor_of(session, boss)
        [one] = old_ledgers.recent(session, actor)
        desk = built.desk_of_ledgers
        assert desk.name_of(one) == "2025年台账.csv"
        rows = len(list(desk.source(session, one).rows()))
        assert rows == one.rows > 0
    undone = built.database.run(
        lambda s: old_ledgers.undo(s, actor, one.id, "选错了文件", NOW + timedelta(days=1))
    )
    assert undone == rows
    sound(built)
    built.database.close()
