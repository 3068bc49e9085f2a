"""A checker that sees nothing proves nothing: each kind of damage is seen, and named."""

import copy
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import checker
from tests.faults.clients import Person, Submission, submission
from tests.servers import start_caseflow


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Submission]]:
    """A home with ten submissions in it, and what was sent."""
    home = tmp_path_factory.mktemp("kept")
    sent = [submission(n) for n in range(10)]
    with start_caseflow(home, "up", "--no-demo") as server:
        for one in sent:
            Person(int(server.url.rpartition(":")[2])).send(one)
    return home, sent


def _sql(*statements: str) -> Callable[[Path, list[Submission]], None]:
    def damage(home: Path, _sent: list[Submission]) -> None:
        link = sqlite3.connect(home / "caseflow.db")
        triggers = link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            link.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert link.execute(statement).rowcount > 0, statement
        link.commit()
        link.close()

    return damage


def _a_file_is_lost(home: Path, _sent: list[Submission]) -> None:
    next((home / "files").glob("??/*")).unlink()


def _a_file_is_altered(home: Path, _sent: list[Submission]) -> None:
    path = next((home / "files").glob("??/*"))
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def _a_receipt_for_nothing(_home: Path, sent: list[Submission]) -> None:
    sent[0].receipts[:] = [("430503-20260101-0001", "0" * 16)]


def _two_receipts(_home: Path, sent: list[Submission]) -> None:
    sent[0].receipts.append((sent[0].receipts[0][0], "0" * 16))


DAMAGES: dict[str, tuple[Callable[[Path, list[Submission]], None], str]] = {
    "a receipt for nothing": (_a_receipt_for_nothing, "is not what was sent"),
    "two receipts for one form": (_two_receipts, "two receipts"),
    "other words": (_sql("UPDATE report SET text = 'x' WHERE id = 3"), "is not what was sent"),
    "no opening entry": (_sql("DELETE FROM entry WHERE case_id = 2"), "no opening entry"),
    "no event": (_sql("DELETE FROM event WHERE case_id = 2"), "opening events"),
    "a clock less": (_sql("DELETE FROM clock WHERE name = 'notice'"), "a clock is missing"),
    "an altered entry": (_sql("UPDATE entry SET body = '{}' WHERE case_id = 2"), "was altered"),
    "a cut history": (_sql("UPDATE case_file SET head_n = 2 WHERE id = 2"), "disagree"),
    "a gap": (_sql("UPDATE case_file SET seq = 99 WHERE id = 2"), "a gap in"),
    "a lost attachment": (_sql("DELETE FROM attachment WHERE id = 1"), "a file is missing"),
    "a lost original": (_sql("UPDATE original SET sealed = ''"), "an original is lost"),
    "a lost file": (_a_file_is_lost, "No such file"),
    "an altered file": (_a_file_is_altered, "does not open"),
}


def test_what_is_whole_passes(kept: tuple[Path, list[Submission]]) -> None:
    home, sent = kept
    checker.check(checker.query_of(f"sqlite:///{home}/caseflow.db"), home, sent)


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_seen(kept: tuple[Path, list[Submission]], tmp_path: Path, name: str) -> None:
    home, sent = kept
    damage, said = DAMAGES[name]
    hurt, told = tmp_path / "home", copy.deepcopy(sent)
    shutil.copytree(home, hurt)
    damage(hurt, told)
    with pytest.raises((AssertionError, OSError), match=said):
        checker.check(checker.query_of(f"sqlite:///{hurt}/caseflow.db"), hurt, told)
