"""Reports that were there before are known again by what they say; an office may go back."""

import re
from datetime import datetime

from sqlalchemy import inspect, select

from caseflow.db import Database
from caseflow.ledger import likeness
from caseflow.ledger.moves import gathering
from caseflow.ledger.sketch_tables import Sketch
from caseflow.migrating import MIGRATIONS, downgrade, upgrade
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.ledger.saying import said

TEXT = "城东小学食堂的菜里有虫，孩子吃了两天肚子疼，请查一查。ＡＢＣ food poisoning 2026"
FILE = MIGRATIONS / "versions" / "0059_sketches.py"


def test_what_was_reported_before_is_found_by_its_words(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        first, second = (said(session, now, text) for text in (TEXT, TEXT[:30] * 40))
        said(session, now, "短")
        gathering.gather(session, office["handler"], first.id, {second.number: 1}, "同一件事", now)
        number = first.number
        before, scope = session.execute(select(Sketch.__table__)).all(), scope_of(office["city"])
    [before_it] = re.findall(r'^down_revision = "(.*)"', FILE.read_text(), re.MULTILINE)
    downgrade(database.engine, before_it)
    assert not {"sketch", "wave"} & set(inspect(database.engine).get_table_names())
    upgrade(database.engine)
    with database.read() as session:
        assert sorted(session.execute(select(Sketch.__table__)).all()) == sorted(before)
        assert [one.case.number for one in likeness.near(session, scope, TEXT)] == [number]
