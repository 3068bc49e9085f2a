"""Who is told that a circular waits for them (通报): whoever checks, signs, changes it."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from caseflow.db import Database
from caseflow.ledger.waiting import waiting as counted_for
from caseflow.people.accounts import actor_of
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.people.tables import Recusal, User
from caseflow.publishing import circulars, corrections, reading, waiting
from caseflow.publishing.circular_states import CHECKS
from tests.ledger.late import Late, late_office
from tests.notices.watch import Watch, drafted

OFFICE = ("reviewer", "supervisor", "leader", "handler", "auditor", "city", "stranger")


class Told:
    """An office with a circular, who is told of its moves and for whom it waits."""

    def __init__(self, late: Late) -> None:
        self.late, self.session = late, late.session
        self.watch = Watch(self.session)
        self.second = self.joins("second", "supervisor")
        late.case("school")
        late.passes()
        self.watch.forget()

    def joins(self, name: str, role: str) -> Actor:
        like = self.session.get_one(User, self.late.office["supervisor"].person)
        user = User(
            username=name, name=name, role=role, area_code=like.area_code, password_hash="!"
        )
        self.session.add(user)
        self.session.flush()
        self.late.office.actors[name] = actor_of(self.session, user)
        return self.late.office[name]

    def told(self) -> set[str]:
        return self.watch.told()

    def waits_for(self) -> set[str]:
        """Return for whom it waits: in the navigation, and on the list alike."""
        found = set()
        for name in (*OFFICE, "second"):
            user = self.session.get_one(User, self.late.office[name].person)
            who = actor_of(self.session, user)
            count = counted_for(self.session, who, circulars=waiting.mine).circulars
            rows = reading.circulars(self.session, scope_of(who))
            assert count == sum(row.is_mine(who) for row in rows), name
            found |= {name} if count else set()
        return found


@pytest.fixture
def one(database: Database, now: datetime) -> Iterator[Told]:
    with late_office(database, now) as late:
        yield Told(late)


def test_each_step_is_told_to_whoever_takes_the_next_and_counted(one: Told) -> None:
    late, session = one.late, one.session
    circular = late.draft()
    assert one.told() == {"circular_check > reviewer"}
    [said] = [draft for draft in drafted(session) if draft.rule == "circular_check"]
    assert f"/console/circulars/{circular.id}" in said.text
    assert "测试school" not in said.subject + said.text
    assert one.waits_for() == {"reviewer", "second"}
    late.edited(circular, late.office["supervisor"], "一")
    assert one.told() == set(), "nobody is told of each correction of a draft"
    circulars.send_back(session, late.office["reviewer"], circular.id, "有误", late.now)
    assert one.told() == {"circular_returned > supervisor"}
    assert one.waits_for() == {"supervisor", "second"}
    late.edited(circular, one.second, "二")
    assert one.told() == {"circular_check > reviewer"}
    assert one.waits_for() == {"reviewer"}, "whoever wrote it does not check it"
    late.checked(circular)
    assert one.told() == {"circular_sign > leader"}
    assert one.waits_for() == {"leader"}
    circulars.issue(session, late.office["leader"], circular.id, late.now)
    assert one.told() == {"circular_issued > second"}
    circulars.publish(session, late.office["supervisor"], circular.id, late.now)
    assert (one.told(), one.waits_for()) == (set(), set())
    corrections.draft_correction(session, one.second, circular.id, "更正", "写错", late.now)
    assert one.told() == {"correction_check > supervisor"}
    assert one.waits_for() == {"supervisor", "leader"}
    ticks = CHECKS[circular.kind]
    corrections.publish_correction(session, late.office["supervisor"], circular.id, ticks, late.now)
    assert one.told() == {"correction_published > second"}
    assert one.waits_for() == set()


def test_nobody_is_told_who_must_keep_away_from_a_unit_that_it_names(one: Told) -> None:
    late, session = one.late, one.session
    for who in ("reviewer", "leader"):
        row = {"user_id": late.office[who].person, "unit_id": late.office.units["school"]}
        session.add(Recusal(**row, reason="近亲属", since=late.begin))
    session.flush()
    circular = late.draft()
    assert one.told() == {"circular_check > second"}
    assert one.waits_for() == {"second"}
    circulars.check(session, one.second, circular.id, CHECKS["lateness"], late.now)
    assert one.told() == set()
    assert one.waits_for() == set()
