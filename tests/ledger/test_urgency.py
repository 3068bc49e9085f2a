"""A case is raised to urgent: what is promised from then on, and what stays as it was promised."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation.sweep import sweep
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import items, triage, urgency
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.tables import URGENT, Case
from tests import office as offices
from tests.office import Office

WHY = "三个孩子午饭后呕吐"
CARD = DangerCard(police_called=True, leader_told=True, police_who="李敏", police_at="10:05")
HOUR = timedelta(hours=1)


@dataclass
class Room:
    """An office with one ordinary complaint from the web form, which was just received."""

    session: Session
    now: datetime
    office: Office = field(init=False)
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self.office = offices.make(self.session)
        self.case, _ = offices.report(self.session, self.now, kind="complaint")

    def later(self, **much: int) -> None:
        """Let time pass."""
        self.now += timedelta(**much)

    def raises(self, who: str = "operator", why: str = WHY) -> None:
        """Let somebody raise the case."""
        urgency.raise_urgency(self.session, self.office[who], self.case.id, why, self.now)

    def clocks(self, name: str) -> list[Clock]:
        """Return the clocks of the case and its items of one name, oldest first."""
        query = select(Clock).where(Clock.root_case_id == self.case.id, Clock.name == name)
        return list(self.session.scalars(query.order_by(Clock.id)))

    def dispatched(self) -> None:
        """Give the school one more item."""
        handler, school = self.office["handler"], self.office.units["school"]
        [item] = items.split(self.session, handler, self.case.id, ["食堂卫生"], self.now)
        items.dispatch(self.session, handler, item.id, Dispatch(school, "请核查"), self.now)


@pytest.fixture
def room(database: Database, now: datetime) -> Iterator[Room]:
    """A room whose transaction ends with the test."""
    with database.transaction() as session:
        yield Room(session, now)


def test_the_urgent_promise_takes_the_place_of_the_ordinary_one_which_stays_on_record(
    room: Room,
) -> None:
    [ordinary] = room.clocks("immediate")
    started, due = ordinary.started_at, ordinary.due
    room.later(minutes=20)
    room.raises()
    old, new = room.clocks("immediate")
    assert (old.id, old.state, old.ended_at) == (ordinary.id, "stopped", room.now)
    assert (old.started_at, old.due) == (started, due)
    assert (new.state, new.started_at, new.due) == ("running", room.now, room.now + HOUR)
    assert (room.case.urgent, room.case.rank) == (True, URGENT)
    assert (room.case.next_clock, room.case.next_due) == ("immediate", room.now + HOUR)


def test_no_other_move_counts_as_taking_over_what_was_raised(room: Room) -> None:
    room.raises()
    triage.accept(room.session, room.office["handler"], room.case.id, room.now)
    room.dispatched()
    assert [clock.state for clock in room.clocks("immediate")] == ["stopped", "running"]
    urgency.acknowledge(room.session, room.office["operator"], room.case.id, CARD, room.now)
    assert [clock.state for clock in room.clocks("immediate")] == ["stopped", "met"]


def test_a_case_that_was_dealt_with_is_promised_anew(room: Room) -> None:
    triage.accept(room.session, room.office["handler"], room.case.id, room.now)
    room.dispatched()
    assert [clock.state for clock in room.clocks("immediate")] == ["met"]
    room.later(days=3)
    room.raises("handler")
    old, new = room.clocks("immediate")
    assert (old.state, new.state, new.due) == ("met", "running", room.now + HOUR)


def test_what_units_were_promised_stays_and_what_they_get_later_is_urgent(room: Room) -> None:
    triage.accept(room.session, room.office["handler"], room.case.id, room.now)
    room.dispatched()
    promised = {clock.id: clock.due for clock in room.clocks("sign_for")}
    resolve = [clock.due for clock in room.clocks("resolve")]
    room.raises("handler")
    room.dispatched()
    before, after = room.clocks("sign_for")
    assert promised == {before.id: before.due}
    assert before.due > after.due == room.now + 2 * HOUR
    assert [clock.due for clock in room.clocks("resolve")] == resolve


def test_what_was_raised_and_nobody_took_over_climbs_within_the_hour(room: Room) -> None:
    room.raises()
    room.later(hours=1, minutes=1)
    while sweep(room.session, room.now):
        pass
    assert room.clocks("immediate")[1].last_rung > 0
    assert room.clocks("immediate")[0].last_rung == 0


def test_it_is_raised_once_until_somebody_took_over_and_then_again(room: Room) -> None:
    room.raises()
    room.later(minutes=5)
    with pytest.raises(MoveNotAllowed, match="已经是紧急事项"):
        room.raises("supervisor")
    urgency.acknowledge(room.session, room.office["operator"], room.case.id, CARD, room.now)
    room.later(hours=5)
    room.raises("supervisor")
    states = [clock.state for clock in room.clocks("immediate")]
    assert states == ["stopped", "met", "running"]


def test_the_reason_is_asked_for_and_stands_in_the_history(room: Room) -> None:
    with pytest.raises(BadInput) as refused:
        room.raises(why="  ")
    assert set(refused.value.fields) == {"reason"}
    room.raises()
    query = select(Entry).where(Entry.case_id == room.case.id).order_by(Entry.n.desc())
    entry = room.session.scalars(query.limit(1)).one()
    assert entry.verb == "raise_urgency"
    assert WHY in entry.body


@pytest.mark.parametrize("who", ["stranger", "reviewer", "inspector", "leader", "auditor"])
def test_nobody_else_raises_it_and_a_refusal_leaves_the_promise(room: Room, who: str) -> None:
    with pytest.raises(NotPermitted):
        room.raises(who)
    assert [clock.state for clock in room.clocks("immediate")] == ["running"]
    assert not room.case.urgent


def test_what_is_over_is_not_raised(room: Room) -> None:
    supervisor = room.office["supervisor"]
    triage.decline(room.session, supervisor, room.case.id, "不属于", room.now)
    with pytest.raises(MoveNotAllowed):
        room.raises("supervisor")


def test_of_two_who_take_over_at_once_the_first_did(room: Room) -> None:
    """The second keeps other eyes, and so can countersign what the first did not do."""
    room.raises()
    unsigned = DangerCard(police_called=False, leader_told=True, reason="家长已接走")
    office, case = room.office, room.case.id
    urgency.acknowledge(room.session, office["operator"], case, unsigned, room.now)
    with pytest.raises(MoveNotAllowed, match="已有人确认接手"):
        urgency.acknowledge(room.session, office["supervisor"], case, unsigned, room.now)
    urgency.countersign(room.session, office["supervisor"], case, "", room.now)


def test_what_is_over_is_not_taken_over_again(room: Room) -> None:
    room.raises()
    supervisor, case = room.office["supervisor"], room.case.id
    urgency.acknowledge(room.session, room.office["operator"], case, CARD, room.now)
    triage.decline(room.session, supervisor, case, "不属于", room.now)
    unsigned = DangerCard(police_called=False, leader_told=True, reason="没有必要")
    with pytest.raises(MoveNotAllowed, match="已有人确认接手"):
        urgency.acknowledge(room.session, supervisor, case, unsigned, room.now)
    assert not room.case.countersign
