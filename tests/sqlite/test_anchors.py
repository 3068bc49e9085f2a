"""Anchors: what somebody who owns the database cannot undo unseen (design law 8)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.errors import Unavailable
from caseflow.files import orphans
from caseflow.histories import BESIDE
from caseflow.ledger import anchored, anchors, history
from caseflow.ledger.history import GENESIS, Line, link
from caseflow.ledger.history_tables import Anchor, Entry
from caseflow.ledger.moves import triage
from caseflow.ledger.tables import Case
from caseflow.outbox.tables import Event
from caseflow.people.actor import Actor
from tests import office as offices
from tests.notices.watch import drafted
from tests.pure.rings import fresh_key

DAY = timedelta(days=1)
START = datetime(2026, 3, 3, 2, tzinfo=UTC)


class Place:
    """An office with three cases, a file store and a key ring; one anchor a day."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.now = database, START
        self.ring = KeyRing([fresh_key()])
        self.store = LocalStore(folder / "files", self.ring)
        with database.transaction() as session:
            self.me: Actor = offices.make(session)["handler"]
            cases = [offices.report(session, self.now)[0] for _ in range(3)]
            self.numbers = [case.number for case in cases]
            for case in cases:
                triage.accept(session, self.me, case.id, self.now)

    def anchor(self) -> bool:
        return anchors.make(
            self.database, self.store, self.ring, offices.DISTRICT, self.now, BESIDE
        )

    def next_day(self) -> None:
        self.now += DAY

    def notes(self, n: int = 0) -> None:
        with self.database.transaction() as session:
            case = session.scalars(select(Case).where(Case.number == self.numbers[n])).one()
            triage.note(session, self.me, case.id, "补记", self.now)

    def line(self) -> str:
        with self.database.read() as session:
            return anchored.verify(session, self.store, self.ring, self.now, BESIDE).line

    def damage(self, *statements: str, **values: object) -> None:
        """Change rows as somebody would who owns the database: past its triggers."""
        with self.database.transaction() as session:
            for table in ("entry", "anchor"):
                for change in ("update", "delete"):
                    on = "" if self.sqlite else f" ON {table}"
                    session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{change}{on}"))
            for statement in statements:
                session.execute(text(statement), values)

    @property
    def sqlite(self) -> bool:
        return self.database.engine.dialect.name == "sqlite"

    def anchors(self) -> list[Anchor]:
        with self.database.read() as session:
            return list(anchors.all_of(session))


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Iterator[Place]:
    return Place(database, tmp_path)  # type: ignore[return-value]


def rewritten(session: Session, number: str, after: int) -> None:
    """Write a history anew from an entry on, hashes and head and all: it fits again."""
    case = session.scalars(select(Case).where(Case.number == number)).one()
    rows = session.scalars(select(Entry).where(Entry.case_id == case.id).order_by(Entry.n)).all()
    prev = GENESIS
    for row in rows:
        body = row.body
        if row.n > after:
            said = json.loads(body)
            said["facts"] = {"handler": None}
            body = history.canonical(said)
        digest = link(prev, body)
        session.execute(
            text("UPDATE entry SET body = :body, prev = :prev, hash = :hash WHERE id = :id"),
            {"body": body, "prev": prev, "hash": digest, "id": row.id},
        )
        prev = digest
    session.execute(
        text("UPDATE case_file SET head = :head WHERE id = :id"), {"head": prev, "id": case.id}
    )


# Making


def test_once_for_each_day_of_shanghai(place: Place) -> None:
    assert place.anchor()
    assert not place.anchor()
    place.now = datetime(2026, 3, 3, 15, 59, tzinfo=UTC)  # 23:59 of the same day
    assert not place.anchor()
    place.now += timedelta(minutes=1)
    assert place.anchor()
    assert [(one.n, one.day) for one in place.anchors()] == [(1, "20260303"), (2, "20260304")]
    place.now -= 3 * DAY  # a clock set back: a day of its own
    assert place.anchor()
    assert place.line().startswith("ok")


def test_it_covers_what_moved_since_the_one_before(place: Place) -> None:
    place.now += 2 * DAY
    place.anchor()
    place.now += 3 * DAY
    place.notes(1)
    place.anchor()
    assert [one.cases for one in place.anchors()] == [3, 1]
    assert place.line() == "ok 3 cases 7 entries 2 anchors"


def test_it_goes_by_what_grew_and_not_by_moments(place: Place) -> None:
    """Neither an owner who sets a moment back, nor a clock that was ahead, keeps a move from it."""
    place.anchor()
    place.now += 9 * DAY
    place.anchor()
    place.now -= 7 * DAY
    place.notes(1)
    place.damage("UPDATE case_file SET moved_at = opened_at")
    assert place.anchor()
    assert [one.cases for one in place.anchors()] == [3, 0, 1]
    assert place.line().startswith("ok")


def test_what_is_put_there_with_an_old_moment_is_named(place: Place) -> None:
    place.now += 3 * DAY
    place.anchor()
    with place.database.transaction() as session:
        case = session.scalars(select(Case).where(Case.number == place.numbers[2])).one()
        history.append(session, case, Line("note", place.me, START, {"text": "早就有的"}))
    assert place.line() == f"misfit {place.numbers[2]} 3 in no anchor"


def test_what_an_owner_keeps_from_the_anchors_is_named(place: Place) -> None:
    place.anchor()
    place.notes(1)
    place.damage("UPDATE anchored_head SET n = n + 1")
    for _ in range(3):
        place.next_day()
        place.anchor()
    assert place.line() == f"misfit {place.numbers[1]} 3 in no anchor"


def test_it_is_named_at_once_and_not_when_it_is_old(place: Place) -> None:
    """Its moment, which may lie ahead, is not asked: no anchor would ever hold it."""
    place.anchor()
    place.notes(1)
    place.damage("UPDATE anchored_head SET n = n + 1 WHERE case_id = 2")
    assert place.line() == f"misfit {place.numbers[1]} 3 in no anchor"


def test_with_the_anchors_gone_what_they_held_is_named(place: Place) -> None:
    for _ in range(2):
        place.notes()
        place.anchor()
        place.next_day()
    place.damage("DELETE FROM anchor WHERE n = 2")
    assert place.line() == f"misfit {place.numbers[0]} 4 in no anchor"


def test_a_day_without_anything_is_anchored_too(place: Place) -> None:
    place.now += 2 * DAY
    place.anchor()
    place.now += 3 * DAY
    assert place.anchor()
    assert [one.cases for one in place.anchors()] == [3, 0]
    assert place.line() == "ok 3 cases 6 entries 2 anchors"


def test_of_two_that_anchor_at_once_one_does(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one had read the histories before the first one was there."""
    made, put = [], anchors.blobs.put

    def overtaken(*given: object) -> object:
        monkeypatch.setattr(anchors.blobs, "put", put)
        made.append(place.anchor())
        return put(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(anchors.blobs, "put", overtaken)
    assert not place.anchor()
    assert made == [True]
    assert len(place.anchors()) == 1


def test_the_auditors_get_statement_and_signature_by_mail(place: Place) -> None:
    place.anchor()
    [row] = place.anchors()
    with place.database.transaction() as session:
        after = session.scalar(select(func.max(Event.id)).where(Event.name != "anchored"))
        drafts = drafted(session, after or 0)
    [mail] = [one for one in drafts if one.rule == "anchored"]
    assert anchors.signed(row).rstrip() in mail.text
    assert "台账已锚定" in mail.subject
    assert "隔离件" not in mail.subject
    for number in place.numbers:
        assert number not in mail.text


def test_anybody_checks_a_signature_with_the_public_key(place: Place) -> None:
    place.anchor()
    [row] = place.anchors()
    key = Ed25519PublicKey.from_public_bytes(
        bytes.fromhex(anchors.public_key(place.ring, row.key_id))
    )
    key.verify(bytes.fromhex(row.signature), anchors.statement(row).encode())


def test_its_heads_are_no_orphan(place: Place) -> None:
    place.anchor()
    assert orphans.forget(place.database, place.store, place.now + 30 * DAY) == 0
    assert place.line().startswith("ok")


def test_the_database_refuses_to_change_an_anchor(place: Place) -> None:
    place.anchor()
    refused = ["UPDATE anchor SET cases = 0", "DELETE FROM anchor"]
    over = (
        "INSERT OR REPLACE INTO anchor SELECT * FROM anchor" if place.sqlite else "TRUNCATE anchor"
    )
    for statement in (*refused, over):
        with pytest.raises(DBAPIError, match="append-only"), place.database.transaction() as s:
            s.execute(text(statement))


# What the owner of the database does


def test_a_tail_cut_off_with_its_head_is_named(place: Place) -> None:
    place.notes()
    place.anchor()
    number = place.numbers[0]
    place.damage(
        "DELETE FROM entry WHERE n = 3 AND case_id = (SELECT id FROM case_file WHERE number = :no)",
        """UPDATE case_file SET head_n = 2, head = (SELECT hash FROM entry WHERE n = 2
           AND case_id = case_file.id) WHERE number = :no""",
        no=number,
    )
    assert place.line() == f"misfit {number} 3 anchor 1"


def test_a_history_written_anew_whole_is_named(place: Place) -> None:
    place.anchor()
    place.damage()
    with place.database.transaction() as session:
        rewritten(session, place.numbers[1], after=1)
    assert place.line() == f"misfit {place.numbers[1]} 2 anchor 1"


def test_what_grew_since_the_anchor_is_promised_by_the_chain_alone(place: Place) -> None:
    """Said plainly in the documents: until the next anchor an owner can rewrite."""
    place.anchor()
    place.notes(1)
    place.damage()
    with place.database.transaction() as session:
        rewritten(session, place.numbers[1], after=2)
    assert place.line().startswith("ok")
    place.next_day()
    place.anchor()
    with place.database.transaction() as session:
        rewritten(session, place.numbers[1], after=1)
    assert place.line() == f"misfit {place.numbers[1]} 2 anchor 1"


def test_a_case_that_is_gone_altogether_is_named(place: Place) -> None:
    place.anchor()
    place.damage(
        "DELETE FROM entry WHERE case_id = (SELECT id FROM case_file WHERE number = :no)",
        "UPDATE case_file SET head_n = 0, head = '' WHERE number = :no",
        no=place.numbers[2],
    )
    assert place.line().startswith(f"misfit {place.numbers[2]} 1")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE anchor SET cases = 2 WHERE n = 2",
        "UPDATE anchor SET at = '2026-03-04 03:00:00.000000' WHERE n = 2",
        "UPDATE anchor SET signature = replace(signature, 'a', 'b') WHERE n = 2",
        "UPDATE anchor SET signature = 'no hex' WHERE n = 2",
        "UPDATE anchor SET previous = '-' WHERE n = 2",
        "DELETE FROM anchor WHERE n = 2",
    ],
)
def test_an_anchor_that_was_changed_or_left_out_is_named(place: Place, statement: str) -> None:
    for _ in range(3):
        place.notes()
        place.anchor()
        place.next_day()
    place.damage(statement)
    left_out = statement.startswith("DELETE")
    assert place.line() == f"misfit anchor {3 if left_out else 2}"


def test_a_key_that_is_not_in_the_ring_is_named(place: Place) -> None:
    """Nobody changed an anchor for that: whoever looks must search for the key."""
    place.anchor()
    [row] = place.anchors()
    kept, place.ring = place.ring, KeyRing([fresh_key("k2")])
    assert place.line() == f"misfit anchor 1 without its key {row.key_id}"
    place.ring = kept
    place.damage("UPDATE anchor SET key_id = 'another'")
    assert place.line() == "misfit anchor 1 without its key another"


def test_a_store_that_is_away_is_no_misfit(place: Place, tmp_path: Path) -> None:
    place.anchor()
    (tmp_path / "files").rename(tmp_path / "away")
    with pytest.raises(Unavailable):
        place.line()
    (tmp_path / "away").rename(tmp_path / "files")
    assert place.line().startswith("ok")


def test_heads_that_are_gone_from_the_store_or_another_days_are_named(place: Place) -> None:
    place.anchor()
    place.next_day()
    place.notes()
    place.anchor()
    place.damage("UPDATE anchor SET blob_id = (SELECT blob_id FROM anchor WHERE n = 1) WHERE n = 2")
    assert place.line() == "misfit anchor 2 heads"
    first = place.anchors()[0]
    place.store.forget(first.blob_id, datetime.max.replace(tzinfo=UTC))
    assert place.line() == "misfit anchor 1 heads"


def test_the_digest_of_the_heads_is_plain_sha256(place: Place) -> None:
    place.anchor()
    [row] = place.anchors()
    content = b"".join(place.store.open(row.blob_id))
    assert hashlib.sha256(content).hexdigest() == row.heads
    assert content.decode().splitlines()[0].startswith(f"{place.numbers[0]} 2 ")


def test_a_line_is_written_by_the_numbers_of_history(place: Place) -> None:
    with place.database.transaction() as session:
        case = session.scalars(select(Case).where(Case.number == place.numbers[0])).one()
        history.append(session, case, Line("note", place.me, place.now, {"text": "又一条"}))
        case.moved_at = place.now
    place.anchor()
    assert place.line() == "ok 3 cases 7 entries 1 anchors"
