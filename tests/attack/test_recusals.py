"""Ways round four eyes and recusal by naming another unit, or by who else worked on an item: none
of them works (design laws 4 and 9).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.errors import BadInput, NotPermitted
from caseflow.ledger import checkers, holding
from caseflow.ledger.moves import check, items, naming, opening, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Case, Item
from caseflow.people import accounts
from caseflow.people.actor import REPORTER, Actor
from caseflow.people.scope import scope_of
from caseflow.people.tables import Area, Recusal, User
from tests import office as offices
from tests.ledger.world import populate
from tests.office import Office


class Room:
    """The small office, where the handler called brother keeps away from the school."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office: Office = populate(session)

    def recused(self, name: str, unit: str) -> Actor:
        """Let a person keep away from a unit from now on; return them as they are then."""
        user = self.session.get_one(User, self.office[name].person)
        row = Recusal(
            user_id=user.id, unit_id=self.office.units[unit], reason="亲属", since=self.now
        )
        self.session.add(row)
        self.session.flush()
        return accounts.actor_of(self.session, user)

    def sent(
        self, by: str, to: str, about: str | None, kind: str, inspector: int | None = None
    ) -> tuple[Case, Item]:
        """Return a case about a unit and its one item, dispatched."""
        unit = self.office.units[about] if about else None
        case, _ = offices.report(self.session, self.now, kind=kind, unit=unit)
        actor = self.office[by]
        triage.accept(self.session, actor, case.id, self.now)
        [item] = items.split(self.session, actor, case.id, ["收费"], self.now)
        given = Dispatch(self.office.units[to], "请核查", inspector, none_listed=True)
        items.dispatch(self.session, actor, item.id, given, self.now)
        return case, item

    def found(self, item: Item, by: str, result: Result) -> None:
        work.sign_for(self.session, self.office[by], item.id, self.now)
        blob = offices.blob(self.session, self.now)
        work.hand_in(self.session, self.office[by], item.id, blob, "照片.png", self.now)
        work.find(self.session, self.office[by], item.id, result, self.now)


@pytest.fixture
def room(database: Database, now: datetime) -> Iterator[Room]:
    with database.transaction() as session:
        yield Room(session, now)


def test_who_gets_a_case_by_a_naming_has_a_hand_in_its_items(room: Room) -> None:
    case, item = room.sent("brother", "academy", None, "complaint")
    supervisor, school = room.office["supervisor"], room.office.units["school"]
    naming.name_unit(room.session, supervisor, case.id, school, "来件写明", room.now)
    assert case.handler_id == supervisor.id
    room.found(item, "academy", Result("unsubstantiated", "查无此事"))
    with pytest.raises(NotPermitted, match="参与"):
        check.strike_off(room.session, supervisor, item.id, "", room.now)


@pytest.mark.parametrize("named_by_report", [True, False])
def test_naming_another_unit_takes_the_shield_off_none(room: Room, named_by_report: bool) -> None:
    handler, units = room.office["handler"], room.office.units
    unit = units["school"] if named_by_report else None
    case, _ = offices.report(room.session, room.now, kind="tip", unit=unit)
    triage.accept(room.session, handler, case.id, room.now)
    [item] = items.split(room.session, handler, case.id, ["收费"], room.now)
    for name in ("academy",) if named_by_report else ("school", "academy"):
        naming.name_unit(room.session, handler, case.id, units[name], "更正", room.now)
    for to in ("school", "branch", "academy"):
        with pytest.raises(BadInput, match="举报"):
            items.dispatch(room.session, handler, item.id, Dispatch(units[to], "核查"), room.now)


def test_a_slip_is_lifted_by_a_second_person_and_the_unit_itself_never(room: Room) -> None:
    handler, supervisor, units = (
        room.office["handler"],
        room.office["supervisor"],
        room.office.units,
    )
    case, _ = offices.report(room.session, room.now, kind="tip", unit=None)
    triage.accept(room.session, handler, case.id, room.now)
    [item] = items.split(room.session, handler, case.id, ["收费"], room.now)
    for name in ("academy", "school"):
        naming.name_unit(room.session, handler, case.id, units[name], "更正", room.now)
    for actor, to, told in (
        (handler, "academy", "先前被写明"),
        (supervisor, "school", "举报不得"),
        (supervisor, "branch", "举报不得"),
    ):
        with pytest.raises(BadInput, match=told):
            items.dispatch(room.session, actor, item.id, Dispatch(units[to], "核查"), room.now)
        room.session.refresh(item)
    given = Dispatch(units["academy"], "核查")
    with pytest.raises(BadInput, match="确认") as silent:
        items.dispatch(room.session, supervisor, item.id, given, room.now)
    assert set(silent.value.fields) == {"slip"}
    room.session.refresh(item)
    items.dispatch(room.session, supervisor, item.id, replace(given, slip=True), room.now)
    assert item.verifying_unit_id == units["academy"]
    said = offices.last_entry(room.session, case, "dispatch")["facts"]
    assert said["slip"] == [units["academy"]], "who lifted the shield stands in the history"


def test_nobody_lifts_the_shield_of_a_unit_that_they_keep_away_from(room: Room) -> None:
    """Since the case is about another unit they see it, and would be the second person."""
    handler, units = room.office["handler"], room.office.units
    supervisor = room.recused("supervisor", "school")
    case, _ = offices.report(room.session, room.now, kind="tip", unit=units["school"])
    triage.accept(room.session, handler, case.id, room.now)
    [item] = items.split(room.session, handler, case.id, ["收费"], room.now)
    naming.name_unit(room.session, handler, case.id, units["academy"], "更正", room.now)
    given = Dispatch(units["school"], "核查", slip=True)
    with pytest.raises(BadInput, match="先前被写明"):
        items.dispatch(room.session, supervisor, item.id, given, room.now)


def test_two_units_that_were_both_accused_are_no_slip(room: Room) -> None:
    """Nobody ever said that one of them was a mistake, so one person alone cannot."""
    supervisor, units = room.office["supervisor"], room.office.units
    case, first = offices.report(room.session, room.now, kind="tip", unit=units["school"])
    more = offices.new_report(room.session, room.now, kind="tip", unit=units["academy"])
    opening.join(room.session, REPORTER, case, first, more, room.now)
    triage.accept(room.session, supervisor, case.id, room.now)
    [item] = items.split(room.session, supervisor, case.id, ["收费"], room.now)
    given = Dispatch(units["academy"], "核查", slip=True)
    with pytest.raises(BadInput, match="先前被写明"):
        items.dispatch(room.session, supervisor, item.id, given, room.now)


def test_no_inspector_verifies_what_was_named_before_and_they_keep_away_from(room: Room) -> None:
    handler, units = room.office["handler"], room.office.units
    inspector = room.recused("inspector", "school")
    case, _ = offices.report(room.session, room.now, kind="tip", unit=units["school"])
    triage.accept(room.session, handler, case.id, room.now)
    [item] = items.split(room.session, handler, case.id, ["收费"], room.now)
    naming.name_unit(room.session, handler, case.id, units["academy"], "更正", room.now)
    given = Dispatch(units["section"], "核查", inspector.id)
    with pytest.raises(BadInput, match="回避"):
        items.dispatch(room.session, handler, item.id, given, room.now)


def test_nobody_judges_what_a_unit_did_that_they_keep_away_from(room: Room) -> None:
    inspector = room.office["inspector"]
    case, item = room.sent("handler", "section", "academy", "tip", inspector.id)
    school = room.office.units["school"]
    room.found(item, "inspector", Result("substantiated", "属实", school, "请退费"))
    reviewer = room.recused("reviewer", "school")
    room.now += timedelta(hours=1)
    work.sign_for(room.session, room.office["school"], item.id, room.now)
    blob = offices.blob(room.session, room.now)
    work.hand_in(room.session, room.office["school"], item.id, blob, "票据.png", room.now)
    work.submit(room.session, room.office["school"], item.id, "已退费", room.now)
    area = room.session.get_one(Area, case.area_code)
    assert not checkers.eyes(room.session, [(area, case, item)])[item.id].may(reviewer.id)
    for judge in (check.strike_off, check.return_item):
        with pytest.raises(NotPermitted, match="回避"):
            judge(room.session, reviewer, item.id, "理由", room.now)


def test_an_inspector_who_goes_over_to_a_unit_leaves_their_items_behind(room: Room) -> None:
    """Neither may the unit reported learn of a tip so, nor a unit clear itself."""
    inspector = room.office["inspector"]
    _, tip = room.sent("handler", "section", "school", "tip", inspector.id)
    _, own = room.sent("handler", "academy", "academy", "complaint", inspector.id)
    for unit, item in (("school", tip), ("academy", own)):
        user = room.session.get_one(User, inspector.person)
        user.role, user.unit_id = "unit", room.office.units[unit]
        room.session.flush()
        gone = accounts.actor_of(room.session, user)
        assert holding.open_items(room.session, scope_of(gone)) == []
        with pytest.raises(NotPermitted):
            work.sign_for(room.session, gone, item.id, room.now)


def test_an_inspector_sees_no_more_of_an_item_once_their_unit_is_named(room: Room) -> None:
    inspector = room.recused("inspector", "school")
    case, item = room.sent("handler", "section", None, "complaint", inspector.id)
    scope = scope_of(inspector)
    assert [one.item.id for one in holding.open_items(room.session, scope)] == [item.id]
    school = room.office.units["school"]
    naming.name_unit(room.session, room.office["handler"], case.id, school, "写明", room.now)
    assert holding.open_items(room.session, scope) == []
