"""Every call leaves a record; whoever rang in vain is rung back, by a clock that climbs."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select, text

from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.escalation import sweep
from caseflow.intake import calls, ring_backs
from caseflow.intake.call_tables import Call, RingBack
from caseflow.notices import matter
from caseflow.outbox.tables import Event
from caseflow.vault.tables import Identity
from tests.telephone.ringing import CALLER, OTHER_CALLER, Exchange

SECOND = timedelta(seconds=1)


def test_a_call_hung_up_after_a_second_leaves_a_record_and_is_owed(exchange: Exchange) -> None:
    exchange.tell("a", "ringing", exchange.now - SECOND)
    call = exchange.tell("a", "hung_up")
    assert (call.outcome, call.began_at, call.ended_at) == (
        "missed",
        exchange.now - SECOND,
        exchange.now,
    )
    assert exchange.owed() == {"a": "running"}


def test_the_number_is_sealed_and_found_again_blindly(exchange: Exchange) -> None:
    exchange.tell("a", "ringing", number="")
    first = exchange.tell("a", "hung_up", number=CALLER)
    second = exchange.tell("b", "ringing", number="+8613912345678")
    assert first.number_index == second.number_index
    with exchange.rooms.database.read() as session:
        kept = session.scalars(select(Identity.phone)).all()
        row = session.execute(text("SELECT * FROM phone_call")).mappings().first()
    assert all(sealed and b"12345678" not in sealed for sealed in kept)
    assert row is not None
    assert "12345678" not in str(dict(row))


STORY = (("ringing", 0), ("answered", 9), ("hung_up", 60), ("recording", 60))


@pytest.mark.parametrize("answered", [True, False])
def test_every_order_of_the_messages_leaves_the_same_behind(
    exchange: Exchange, answered: bool
) -> None:
    told = [one for one in STORY if answered or one[0] != "answered"]
    start = exchange.now - timedelta(minutes=5)
    for n, order in enumerate(permutations(told)):
        number = f"139{n:08}"
        for what, after in (*order, order[0]):
            exchange.tell(f"{n}", what, start + timedelta(seconds=after), number)
        call = exchange.call(f"{n}")
        assert call.outcome == ("answered" if answered else "voicemail")
        assert exchange.owed().get(f"{n}", "met") == ("met" if answered else "running")


def test_a_number_that_rings_again_in_vain_is_rung_back_once(exchange: Exchange) -> None:
    first = exchange.tell("a", "hung_up")
    second = exchange.tell("b", "hung_up")
    exchange.tell("c", "hung_up", number=OTHER_CALLER)
    assert exchange.owed() == {"a": "running", "c": "running"}
    assert second.head_id == first.id


def test_whoever_gets_through_is_not_rung_back_for_what_they_tried_before(
    exchange: Exchange,
) -> None:
    start = exchange.now
    exchange.tell("a", "hung_up", start - timedelta(minutes=9))
    exchange.tell("b", "hung_up", start - timedelta(minutes=3))
    exchange.tell("c", "answered", start - timedelta(minutes=6))
    assert exchange.owed() == {"a": "met", "b": "running"}
    assert exchange.call("a").settled == "got_through"
    exchange.tell("d", "answered", start)
    assert exchange.owed() == {"a": "met", "b": "met"}
    late = exchange.tell("e", "hung_up", start - timedelta(minutes=1))
    assert late.settled == "got_through"
    assert "e" not in exchange.owed()


def test_a_withheld_number_is_owed_only_what_it_said(exchange: Exchange) -> None:
    exchange.tell("a", "hung_up", number="")
    exchange.tell("b", "hung_up", number="anonymous")
    assert exchange.owed() == {}
    exchange.tell("b", "recording", number="")
    assert exchange.owed() == {"b": "running"}


def back(exchange: Exchange, name: str, who: str, *, reached: bool) -> None:
    actor, now = exchange.office[who], exchange.now
    with exchange.rooms.database.transaction() as session:
        call = calls.found(session, actor, exchange.call(name).id, lock=True)
        ring_backs.rang_back(session, actor, call, now, reached=reached)


def test_ringing_back_is_recorded_and_keeps_the_promise(exchange: Exchange) -> None:
    exchange.tell("a", "hung_up")
    exchange.tell("b", "hung_up")
    back(exchange, "a", "operator", reached=False)
    assert exchange.owed() == {"a": "met"}
    assert exchange.call("b").settled == "rung_back"
    back(exchange, "a", "handler", reached=True)
    with exchange.rooms.database.read() as session:
        rows = session.execute(select(RingBack.by, RingBack.at, RingBack.reached)).all()
    office, now = exchange.office, exchange.now
    assert rows == [
        (office["operator"].person, now, False),
        (office["handler"].person, now, True),
    ]
    with pytest.raises(MoveNotAllowed):
        back(exchange, "a", "operator", reached=True)
    with pytest.raises(MoveNotAllowed):
        back(exchange, "b", "operator", reached=True)


def test_only_the_desk_rings_back(exchange: Exchange) -> None:
    exchange.tell("a", "hung_up")
    with pytest.raises(NotPermitted):
        back(exchange, "a", "reviewer", reached=True)


def test_nobody_rings_back_and_the_office_ladder_is_climbed(exchange: Exchange) -> None:
    exchange.tell("a", "hung_up")
    later = exchange.now + timedelta(hours=3)
    assert sweep.run(exchange.rooms.database, later) > 0
    with exchange.rooms.database.read() as session:
        clock = session.scalars(select(Clock)).one()
        rungs = session.scalars(select(Event).where(Event.name == "rung")).all()
        about = [matter.read(session, event) for event in rungs]
    assert (clock.name, clock.ladder) == ("ring_back", "office")
    assert clock.last_rung > 0
    assert rungs
    assert all(one is not None and one.area == "430503" for one in about)


def test_a_call_whose_end_was_never_told_is_missed_all_the_same(exchange: Exchange) -> None:
    exchange.tell("a", "ringing")
    exchange.tell("b", "answered", number=OTHER_CALLER)
    soon = exchange.now + calls.RINGS_AT_MOST
    with exchange.rooms.database.transaction() as session:
        assert calls.give_up(session, soon - SECOND) == 0
        assert calls.give_up(session, soon) == 1
        assert calls.give_up(session, soon) == 0
    assert exchange.owed() == {"a": "running"}
    assert exchange.call("b").outcome == "talking"


def test_a_moment_that_cannot_be_is_taken_for_now(exchange: Exchange) -> None:
    for n, wrong in enumerate((timedelta(days=-400), timedelta(hours=3))):
        call = exchange.tell(f"{n}", "ringing", exchange.now + wrong)
        assert call.began_at == exchange.now


def test_two_providers_may_use_the_same_id(exchange: Exchange) -> None:
    exchange.tell("a", "ringing")
    with exchange.rooms.database.transaction() as session:
        told = calls.Told("twilio", "a", "hung_up")
        calls.take(session, exchange.rooms.ring, "430503", told, exchange.now)
    with exchange.rooms.database.read() as session:
        assert len(session.scalars(select(Call)).all()) == 2
