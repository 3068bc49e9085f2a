"""A call from first ring to record, by every exchange: any order, and every message twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.deadlines.tables import Clock
from caseflow.intake import duty
from caseflow.intake.call_tables import Call
from tests.telephone import stories
from tests.telephone.calling import PUBLIC, connected
from tests.telephone.stories import ANNA, BO, ByTwilio, Exchange, Generic
from tests.telephone.twilio_api import FakeTwilio
from tests.web import application
from tests.web.site import Site

WHO = {"operator": ANNA, "handler": BO}
Make = Callable[[], Exchange]


@pytest.fixture
def app(site: Site) -> Flask:
    office, ring = site.office, site.rooms.ring
    for name, number in WHO.items():
        person = office[name].person
        site.do(
            lambda s, p=person, n=number: duty.put_on(s, ring, office["operator"], p, n, site.now)
        )
    return application.start(connected(site.services, public_url=PUBLIC))


@pytest.fixture(params=["generic", "twilio"])
def make(request: pytest.FixtureRequest, app: Flask, site: Site, twilio: FakeTwilio) -> Make:
    start = site.now - timedelta(minutes=3)
    if request.param == "generic":
        return lambda: Generic(app, start)
    return lambda: ByTwilio(app, start, twilio)


STORIES = {
    stories.answered: ("answered", "operator", None),
    stories.second_answers: ("answered", "handler", None),
    stories.nobody: ("missed", None, "running"),
    stories.a_second: ("missed", None, "running"),
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_order_of_a_story_leaves_the_same_record(
    make: Make, site: Site, story: Callable[[Exchange], list[stories.Step]]
) -> None:
    outcome, who, clock = STORIES[story]
    for n, order in enumerate(stories.orders(len(story(make())))):
        call = make()
        call.name = f"{call.name}-{n}"
        steps = story(call)
        for at in order:
            assert [steps[at]().status_code, steps[at]().status_code] == [200, 200]
        row = record(site, call)
        assert (row.outcome, row.began_at) == (outcome, call.start)
        assert row.answered_by == (site.office[who].person if who else None)
        owed = [] if clock is None or row.head_id else [clock]
        assert [one for one in clocks(site, row) if one != "met"] == owed


def record(site: Site, call: Exchange) -> Call:
    query = select(Call).where(Call.provider == call.provider, Call.provider_id == call.name)
    return site.ask(lambda s: s.scalars(query).one())


def clocks(site: Site, row: Call) -> list[str]:
    query = select(Clock.state).where(Clock.call_id == row.id)
    return list(site.ask(lambda s: s.scalars(query).all()))
