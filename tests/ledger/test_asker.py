"""A statement is built once for each kind of person, and asks for whoever is signed in."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from caseflow.db import Database
from caseflow.ledger import queries
from caseflow.ledger.asker import kind_of, said_of, within
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import ROLES
from caseflow.people.scope import scope_of
from tests import office as offices


def test_people_of_one_kind_share_their_statements() -> None:
    one = Actor(id=1, role="handler", area="430503", level="county")
    other = replace(one, id=2, area="430502")
    assert kind_of(one) == kind_of(other)
    assert kind_of(replace(one, recused=frozenset({7}))) == kind_of(
        replace(other, recused=frozenset({8, 9}))
    )
    for another in ({"role": "leader"}, {"level": "city"}, {"recused": frozenset({7})}):
        assert kind_of(replace(one, **another)) != kind_of(one)


@pytest.mark.parametrize("away", [False, True])
def test_who_asks_sees_what_their_scope_covers(
    sqlite_database: Database, now: datetime, away: bool
) -> None:
    with sqlite_database.transaction() as session:
        school = offices.make(session).units["school"]
        for area, unit in (("430503", school), ("430503", None), ("430502", None)):
            offices.report(session, now, area=area, unit=unit)
    recused = frozenset({school}) if away else frozenset[int]()
    seen = set()
    with sqlite_database.read() as session:
        for role in ROLES:
            for area, level in (("430503", "county"), ("430502", "county"), ("430500", "city")):
                asker = Actor(id=1, role=role, area=area, level=level, recused=recused)
                told = select(Case.id).where(within(kind_of(asker)))
                found = set(session.scalars(told, said_of(asker)))
                inside = queries.visible(scope_of(asker))
                assert found == set(session.scalars(select(Case.id).where(inside)))
                seen.add(len(found))
    assert seen == ({0, 1, 2} if away else {0, 1, 2, 3})
