"""The vault on both databases: sealed on the disk, opened with a reason, found blindly."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from caseflow.crypto.keys import KeyRing, SealBroken
from caseflow.db import Database
from caseflow.errors import BadInput, NotFound
from caseflow.vault import identities
from caseflow.vault.person import Person
from caseflow.vault.tables import Identity, Reveal

LI = Person("李建国", "138-1234-5678", "Li@QQ.com", "邵阳市大祥区某路 1 号")
REASON = "电话回访需要号码"


def kept(database: Database, ring: KeyRing, now: datetime, person: Person = LI) -> str:
    """Keep one identity in a transaction of its own."""
    with database.transaction() as session:
        return identities.keep_identity(session, ring, person, now)


# Identities


def test_a_reveal_gives_everything_back_and_leaves_a_line(
    database: Database, ring: KeyRing, user_id: int, now: datetime
) -> None:
    identity_id = kept(database, ring, now)
    with database.transaction() as session:
        found = identities.reveal(session, ring, identity_id, user_id, f"  {REASON}\n", now)
    assert found == LI
    with database.read() as session:
        line = session.scalars(select(Reveal)).one()
    assert (line.identity_id, line.original_id, line.user_id) == (identity_id, None, user_id)
    assert (line.reason, line.at) == (REASON, now)


@pytest.mark.parametrize("reason", ["", "   ", "回访", "a b", " 回 访 ", "字" * 501])
def test_without_a_reason_nothing_is_opened_and_nothing_written(
    database: Database, ring: KeyRing, user_id: int, now: datetime, reason: str
) -> None:
    identity_id = kept(database, ring, now)
    with pytest.raises(BadInput) as refused, database.transaction() as session:
        identities.reveal(session, ring, identity_id, user_id, reason, now)
    assert set(refused.value.fields) == {"reason"}
    with database.read() as session:
        assert session.scalars(select(Reveal)).all() == []


def test_a_reveal_that_is_not_committed_left_no_line_and_so_was_never_shown(
    database: Database, ring: KeyRing, user_id: int, now: datetime
) -> None:
    identity_id = kept(database, ring, now)
    with database.transaction() as session:
        identities.reveal(session, ring, identity_id, user_id, REASON, now)
        session.rollback()
    with database.read() as session:
        assert session.scalars(select(Reveal)).all() == []


def test_nothing_in_the_row_can_be_read(database: Database, ring: KeyRing, now: datetime) -> None:
    kept(database, ring, now)
    with database.read() as session:
        row = session.execute(text("SELECT * FROM identity")).one()
    seen = b" ".join(bytes(v) if isinstance(v, bytes) else str(v).encode() for v in row)
    for secret in ("李建国", "13812345678", "138-1234-5678", "1234", "Li@QQ.com", "qq", "邵阳"):
        assert secret.encode() not in seen


def test_lengths_in_the_row_do_not_tell_short_names_from_long(
    database: Database, ring: KeyRing, now: datetime
) -> None:
    kept(database, ring, now, Person("李", "110", "a@b.c", "村"))
    kept(
        database,
        ring,
        now,
        Person("阿卜杜拉·买买提", "+8613812345678", "very.long@qq.com", "某村二组"),
    )
    with database.read() as session:
        lengths = {
            tuple(len(getattr(row, field) or b"") for field in identities.FIELDS)
            for row in session.scalars(select(Identity))
        }
    assert len(lengths) == 1


def test_a_field_moved_to_another_row_does_not_open(
    database: Database, ring: KeyRing, user_id: int, now: datetime
) -> None:
    victim = kept(database, ring, now)
    thief = kept(database, ring, now, Person("王五"))
    with database.transaction() as session:
        stolen = session.scalar(select(Identity.name).where(Identity.id == victim))
        session.execute(update(Identity).where(Identity.id == thief).values(name=stolen))
    with pytest.raises(SealBroken), database.transaction() as session:
        identities.reveal(session, ring, thief, user_id, REASON, now)


def test_a_field_moved_to_another_column_does_not_open(
    database: Database, ring: KeyRing, user_id: int, now: datetime
) -> None:
    identity_id = kept(database, ring, now)
    with database.transaction() as session:
        session.execute(update(Identity).values(email=Identity.phone))
    with database.read() as session, pytest.raises(SealBroken):
        identities.address_for(session, ring, identity_id, "email")


def test_an_altered_field_does_not_open(database: Database, ring: KeyRing, now: datetime) -> None:
    identity_id = kept(database, ring, now)
    with database.transaction() as session:
        sealed = session.scalar(select(Identity.phone)) or b""
        session.execute(update(Identity).values(phone=sealed[:-1] + bytes([sealed[-1] ^ 1])))
    with database.read() as session, pytest.raises(SealBroken):
        identities.address_for(session, ring, identity_id, "phone")


def test_what_was_sealed_before_a_rotation_opens_and_is_found_after_it(
    database: Database, ring: KeyRing, user_id: int, now: datetime, tmp_path: Path
) -> None:
    old = kept(database, ring, now)
    rotated = KeyRing.rotate(tmp_path / "keys.json")
    new = kept(database, rotated, now + timedelta(hours=1))
    with database.transaction() as session:
        assert identities.reveal(session, rotated, old, user_id, REASON, now) == LI
        assert identities.find_by_phone(session, rotated, "+8613812345678") == [new, old]


def test_the_same_number_is_found_however_it_is_typed_and_no_other(
    database: Database, ring: KeyRing, now: datetime
) -> None:
    first = kept(database, ring, now)
    second = kept(database, ring, now + timedelta(days=1), Person(phone="+86 138 1234 5678"))
    kept(database, ring, now, Person(phone="13912345678"))
    kept(database, ring, now, Person(name="无号码"))
    with database.read() as session:
        for typed in ("13812345678", "１３８ １２３４ ５６７８", "0086-13812345678"):
            assert identities.find_by_phone(session, ring, typed) == [second, first]
        assert identities.find_by_phone(session, ring, "13812345678", limit=1) == [second]
        assert identities.find_by_phone(session, ring, "") == []
        assert identities.find_by_phone(session, ring, "无") == []
        assert identities.find_by_email(session, ring, "LI@qq.com") == [first]
        assert identities.find_by_email(session, ring, "") == []


def test_a_local_number_finds_the_caller_kept_with_area_code(
    database: Database, ring: KeyRing, now: datetime
) -> None:
    full = kept(database, ring, now, Person(phone="0739-5322222"))
    with database.read() as session:
        assert identities.find_by_phone(session, ring, "5322222", area_code="0739") == [full]
        assert identities.find_by_phone(session, ring, "5322222") == []


def test_the_machine_gets_an_address_to_send_to_and_writes_no_reveal(
    database: Database, ring: KeyRing, now: datetime
) -> None:
    identity_id = kept(database, ring, now)
    with database.read() as session:
        assert identities.address_for(session, ring, identity_id, "email") == "li@qq.com"
        assert identities.address_for(session, ring, identity_id, "phone") == "+8613812345678"
        with pytest.raises(ValueError, match="pigeon"):
            identities.address_for(session, ring, identity_id, "pigeon")
        assert session.scalars(select(Reveal)).all() == []


@pytest.mark.parametrize(
    ("person", "ways"),
    [
        (LI, {"email", "phone", "letter"}),
        (Person("只有名字"), set()),
        (Person(phone="不详", email="没有"), set()),
        (Person(phone="12345"), {"phone"}),
        (Person(address="  "), set()),
    ],
)
def test_ways_are_known_without_opening(
    database: Database, ring: KeyRing, now: datetime, person: Person, ways: set[str]
) -> None:
    identity_id = kept(database, ring, now, person)
    with database.read() as session:
        assert identities.ways(session, identity_id) == ways
        stored = session.get_one(Identity, identity_id).can_be_reached
        assert stored == ",".join(way for way in identities.WAYS if way in ways)
        if "email" not in ways:
            assert identities.address_for(session, ring, identity_id, "email") is None


def test_an_unknown_identity_is_not_found(
    database: Database, ring: KeyRing, user_id: int, now: datetime
) -> None:
    with pytest.raises(NotFound), database.transaction() as session:
        identities.reveal(session, ring, "0" * 32, user_id, REASON, now)


def test_neither_repr_nor_log_shows_the_person(
    database: Database, ring: KeyRing, user_id: int, now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        identity_id = kept(database, ring, now)
        with database.transaction() as session:
            found = identities.reveal(session, ring, identity_id, user_id, REASON, now)
            shown = f"{found!r} {found} {session.get(Identity, identity_id)!r}"
    for secret in ("李建国", "1234", "qq.com", "QQ.com", "邵阳"):
        assert secret not in shown + caplog.text


def test_a_reveal_is_of_exactly_one_thing(database: Database, user_id: int, now: datetime) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Reveal(user_id=user_id, reason=REASON, at=now))


@pytest.mark.parametrize("change", ["UPDATE reveal SET reason = 'x'", "DELETE FROM reveal"])
def test_the_database_refuses_to_change_the_record_of_reveals(
    database: Database, ring: KeyRing, user_id: int, now: datetime, change: str
) -> None:
    identity_id = kept(database, ring, now)
    with database.transaction() as session:
        identities.reveal(session, ring, identity_id, user_id, REASON, now)
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(change))
