"""A tip that names its unit only in its text must not be sent to that very unit by omission."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.errors import BadInput, NotFound, NotPermitted
from caseflow.ledger import queries
from caseflow.ledger.moves import items, naming, triage
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.ledger.world import populate
from tests.office import Office


class Tip:
    """An accepted tip about no unit of the list, with one draft item."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office: Office = populate(session)
        self.case, _ = offices.report(session, now, kind="tip", unit=None)
        triage.accept(session, self.office["handler"], self.case.id, now)
        [self.item] = items.split(session, self.office["handler"], self.case.id, ["收费"], now)

    def dispatch(self, to: str, *, none_listed: bool = False) -> None:
        order = items.Dispatch(self.office.units[to], "请核查", none_listed=none_listed)
        items.dispatch(self.session, self.office["handler"], self.item.id, order, self.now)

    def name(self, who: str, unit: str, case: Case | None = None) -> None:
        unit_id = self.office.units[unit]
        naming.name_unit(
            self.session, self.office[who], (case or self.case).id, unit_id, "来件写明", self.now
        )

    def seen_by(self, actor: Actor) -> bool:
        try:
            queries.case_by_number(self.session, scope_of(actor), self.case.number)
        except NotFound:
            return False
        return True


@pytest.fixture
def tip(database: Database, now: datetime) -> Iterator[Tip]:
    with database.transaction() as session:
        yield Tip(session, now)


def test_a_tip_goes_nowhere_before_somebody_said_whom_it_is_about(tip: Tip) -> None:
    with pytest.raises(BadInput) as refused:
        tip.dispatch("academy")
    assert set(refused.value.fields) == {"none_listed"}
    tip.dispatch("academy", none_listed=True)
    said = offices.last_entry(tip.session, tip.case, "dispatch")["facts"]
    assert said["none_listed"] is True, "who made sure of it stands in the history"


@pytest.mark.parametrize("to", ["school", "branch"])
def test_once_named_the_unit_and_those_it_manages_get_nothing(tip: Tip, to: str) -> None:
    tip.name("handler", "school")
    with pytest.raises(BadInput, match="举报"):
        tip.dispatch(to, none_listed=True)
    tip.dispatch("section")
    assert tip.session.get_one(Item, tip.item.id).state == "dispatched"


def test_a_unit_that_verifies_already_cannot_be_the_one_reported(tip: Tip) -> None:
    tip.dispatch("branch", none_listed=True)
    for unit in ("school", "branch"):
        with pytest.raises(BadInput, match="核查"):
            tip.name("handler", unit)
    tip.name("handler", "academy")


def test_whoever_must_keep_away_loses_the_case(tip: Tip) -> None:
    brother, handler = tip.office["brother"], tip.office["handler"]
    triage.assign(tip.session, tip.office["supervisor"], tip.case.id, brother.person, tip.now)
    assert tip.seen_by(brother)
    tip.name("handler", "school")
    assert not tip.seen_by(brother)
    assert tip.case.handler_id == handler.id
    assert offices.last_entry(tip.session, tip.case, "name_unit")["facts"]["handler"] == handler.id


def test_nobody_decides_about_what_they_must_keep_away_from(tip: Tip) -> None:
    with pytest.raises(BadInput, match="回避"):
        tip.name("brother", "school")


def test_a_name_can_be_put_right(tip: Tip) -> None:
    tip.name("handler", "academy")
    tip.name("supervisor", "school")
    assert tip.case.unit_id == tip.office.units["school"]
    said = offices.last_entry(tip.session, tip.case, "name_unit")["facts"]
    assert (said["was"], said["unit"]) == (tip.office.units["academy"], tip.case.unit_id)
    with pytest.raises(BadInput):
        tip.name("handler", "school")


@pytest.mark.parametrize("who", ["operator", "reviewer", "leader", "school", "stranger"])
def test_only_whoever_works_on_the_case_names_the_unit(tip: Tip, who: str) -> None:
    with pytest.raises(NotPermitted):
        tip.name(who, "school")
