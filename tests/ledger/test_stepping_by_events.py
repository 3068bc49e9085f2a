"""A document of the ladder before its date because of what happened: once, for whoever has it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select

from caseflow.db import Database
from caseflow.deadlines import amending
from caseflow.deadlines.ladder import Event, Ladder
from caseflow.deadlines.tables import Clock
from caseflow.escalation.defaults import UNITS
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.moves import merging, triage
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Case, Item
from caseflow.vault.tables import Identity
from tests import office as offices
from tests.ledger.stepped import DAY, Given, begun, dispatched, fits


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Given]:
    with begun(database, now) as one:
        yield one


def test_what_was_sent_back_twice_brings_the_order_with_the_next_sweep(given: Given) -> None:
    given.returned()
    given.sweep()
    assert given.orders() == []
    given.returned()
    assert given.orders() == []
    given.sweep()
    assert given.rungs()[-1] == (3, "sent_back")
    assert given.orders() == [("supervision_order", "draft")]
    assert "已被退回2次" in given.session.scalars(select(Order.text)).one()
    given.returned()
    given.sweep()
    assert len(given.orders()) == 1, "the third time is another rule's"
    fits(given.session)


def test_without_a_trigger_nothing_is_brought(given: Given) -> None:
    s = given.session
    plain = Ladder("units", 2, UNITS.steps)
    amending.write_ladder(s, plain, given.office["supervisor"].person, given.now)
    given.returned()
    given.returned()
    given.sweep()
    assert given.orders() == []


def test_what_ended_before_the_sweep_came_is_brought_no_more(given: Given) -> None:
    given.returned()
    given.returned()
    triage.decline(given.session, given.office["supervisor"], given.item.case_id, "不", given.now)
    given.sweep()
    assert given.orders() == []
    assert given.session.scalars(select(StepUp.carried_at)).one() is not None
    assert sweep(given.session, given.now) == 0


def _reports(given: Given, people: list[str], **more: Any) -> list[Item]:
    """So many complaints about the school, that the school itself is to verify."""
    found = []
    for who in people:
        said = {"reach": "phone", "unit": given.office.units["school"], **more}
        case, report = offices.report(given.session, given.now, **said)
        given.session.get_one(Identity, report.identity_id).phone_index = who
        case.kind = more.get("kind", "complaint")
        found.append(dispatched(given.session, given.office, case, given.now))
    return found


def test_three_people_about_one_unit_bring_an_order_once(given: Given) -> None:
    _reports(given, ["a", "b", "a"])
    given.sweep()
    assert given.orders() == [], "two people, however often they write"
    [third] = _reports(given, ["c"])
    given.sweep()
    [order] = given.session.scalars(select(Order)).all()
    assert (order.kind, order.item_id) == ("supervision_order", third.id)
    assert "反映" not in order.text, "the unit reads nothing of other reports"
    _reports(given, ["d"])
    given.sweep()
    assert len(given.orders()) == 1
    fits(given.session)


def test_forty_parents_whose_cases_are_merged_are_as_many_people(given: Given) -> None:
    """The school has the first one's item already; the others' cases are merged into it."""
    [first] = _reports(given, ["a"])
    s, office = given.session, given.office
    into = s.get_one(Case, first.case_id)
    for who in ("b", "c"):
        said = {"reach": "phone", "unit": office.units["school"]}
        case, report = offices.report(s, given.now, **said)
        s.get_one(Identity, report.identity_id).phone_index = who
        given.now += DAY / 1000
        merging.merge(s, office["handler"], case.id, into.number, "同一件事", given.now)
    given.sweep()
    [order] = s.scalars(select(Order)).all()
    assert (order.kind, order.item_id) == ("supervision_order", first.id)
    fits(s)


def test_what_is_long_ago_and_who_cannot_be_told_apart_counts_for_nothing(given: Given) -> None:
    _reports(given, ["a", "b"])
    given.now += 31 * DAY
    _reports(given, ["c"])
    case, _ = offices.report(given.session, given.now, unit=given.office.units["school"])
    dispatched(given.session, given.office, case, given.now)
    causes = given.session.scalars(select(StepUp.cause)).all()
    assert causes == []


def test_tips_bring_nothing_that_their_unit_could_read(given: Given) -> None:
    s, office = given.session, given.office
    for who in "abc":
        said = {"kind": "tip", "reach": "phone", "unit": office.units["school"]}
        case, report = offices.report(s, given.now, **said)
        s.get_one(Identity, report.identity_id).phone_index = who
        triage.accept(s, office["handler"], case.id, given.now)
    _reports(given, ["d"])
    assert s.scalars(select(StepUp.cause)).all() == []


def test_an_event_that_finds_the_rung_taken_does_nothing(given: Given) -> None:
    given.returned()
    given.ask("circular")
    given.approve()
    given.returned()
    given.sweep()
    # A new promise since: what was brought for the one before is not counted against it.
    assert given.rungs() == [(4, "conduct"), (3, "sent_back")]
    given.returned()
    given.ask("interview")
    given.approve()
    s, office = given.session, given.office
    s.add(
        StepUp(
            case_id=given.item.case_id,
            item_id=given.item.id,
            clock_id=s.scalars(select(func.max(Clock.id))).one(),
            unit_id=office.units["school"],
            action="supervision_order",
            cause=str(Event.many_reports),
            asked_at=given.now,
            outcome="approved",
            decided_at=given.now,
        )
    )
    before = given.rungs()
    given.sweep()
    assert given.rungs() == before
    fits(s)


def test_a_pass_that_climbs_pays_nothing_for_what_is_brought(given: Given) -> None:
    """One statement by the index of what is left, in the pass that finds nothing else to do."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    engine = given.session.get_bind()
    event.listen(engine, "before_cursor_execute", hear)
    later = given.now + 30 * DAY
    assert sweep(given.session, later) > 0
    assert not [one for one in said if "step_up" in one]
    while sweep(given.session, later):
        pass
    said.clear()
    assert sweep(given.session, later) == 0
    event.remove(engine, "before_cursor_execute", hear)
    assert len([one for one in said if "FROM step_up" in one]) == 1
