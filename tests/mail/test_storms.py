"""Too much from one sender becomes one case, one row and one alarm; nothing is lost."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from caseflow.intake.filters.storms import FREE
from caseflow.intake.mail_tables import Folded
from caseflow.intake.rooms import Rooms
from tests.mail.ledger import counts, original, rows
from tests.mail.post import carried_out, give, letter, somebody


def test_a_storm_of_one_sender_is_one_case_and_one_row(rooms: Rooms, now: datetime) -> None:
    with rooms.database.transaction() as session:
        somebody(session, "supervisor", email="chief@office.example")
    many = [letter(mid=f"m{n}", text=f"第 {n} 封") for n in range(FREE + 5)]
    words = [give(rooms, raw, now + timedelta(minutes=n)).word for n, raw in enumerate(many)]
    assert words == ["kept"] * (FREE + 1) + ["quarantined"] * 4
    stored = counts(rooms)
    assert (stored["case_file"], stored["quarantine"]) == (FREE + 1, 1)
    [(folded, case)] = rows(rooms, "SELECT folded, case_id FROM quarantine")
    assert (folded, case) == (3, FREE + 1)
    with rooms.database.read() as session:
        kept = [one.original_id for one in session.scalars(select(Folded).order_by(Folded.id))]
    assert [original(rooms, one) for one in kept] == many[-3:]
    assert rows(rooms, "SELECT count(*) FROM event WHERE name = 'mail_storm'") == [(1,)]
    told = [sent.text for to, sent in carried_out(rooms, now.replace(hour=9)) if "chief" in to]
    assert sum("来信异常增多" in text for text in told) == 1
    assert give(rooms, many[-1], now).word == "quarantined"
    assert counts(rooms)["original"] == FREE + 1 + 4, "a redelivery is known"


def test_a_storm_ends_after_an_hours_calm_and_others_are_not_in_it(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    def came(n: int, at: datetime, by: str = "a@b.example") -> str:
        return give(sqlite_rooms, letter(mid=f"{by}{n}", by=by), at).word

    assert [came(n, now) for n in range(FREE + 2)][-1] == "quarantined"
    assert came(0, now, "c@d.example") == "kept"
    still = now + timedelta(minutes=50)
    assert came(90, still) == "quarantined"
    assert came(91, still + timedelta(minutes=50)) == "quarantined", "it goes on"
    assert came(92, still + timedelta(minutes=111)) == "kept"


def test_few_an_hour_are_no_storm_however_long_it_lasts(sqlite_rooms: Rooms, now: datetime) -> None:
    for n in range(FREE + 10):
        raw = letter(mid=f"{n}")
        assert give(sqlite_rooms, raw, now + timedelta(minutes=6 * n)).word == "kept"


@pytest.mark.parametrize("sender", ["a@b.example", "x{n}@y.example"])
def test_machines_are_folded_wherever_they_write_from(
    rooms: Rooms, now: datetime, sender: str
) -> None:
    for n in range(FREE + 6):
        raw = letter(b"Auto-Submitted: auto-replied", by=sender.format(n=n), mid=f"{n}")
        assert give(rooms, raw, now).word == "quarantined"
    assert counts(rooms)["quarantine"] == FREE + 1
    assert counts(rooms)["clock"] == FREE + 1
    assert rows(rooms, "SELECT sum(folded) FROM quarantine") == [(5,)]


def test_what_cannot_be_read_is_folded_too(sqlite_rooms: Rooms, now: datetime) -> None:
    for n in range(FREE + 4):
        assert give(sqlite_rooms, b"\x00\xff no mail %d\n" % n, now).word == "quarantined"
        assert give(sqlite_rooms, b"\x00\xff no mail %d\n" % n, now).word == "quarantined"
    assert counts(sqlite_rooms)["quarantine"] == FREE + 1
    assert rows(sqlite_rooms, "SELECT sum(folded) FROM quarantine") == [(3,)]


def test_a_storm_under_a_reporters_name_fills_no_case_of_theirs(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    theirs = give(sqlite_rooms, letter(text="我的孩子"), now).case
    for n in range(FREE + 5):
        give(sqlite_rooms, letter(mid=f"{n}"), now)
    query = (
        "SELECT count(*) FROM report r JOIN case_file c ON c.id = r.case_id WHERE c.number = :it"
    )
    assert rows(sqlite_rooms, query, it=theirs) == [(1,)]
