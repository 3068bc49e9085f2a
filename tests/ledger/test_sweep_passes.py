"""However much is due at once: one call of the sweep goes on until nothing is left."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.escalation import sweep as sweeping
from caseflow.escalation.tables import Rung
from tests import office as offices

FAR = timedelta(days=60)
FEW, MANY = 5, 12


def test_what_is_more_than_a_pass_takes_climbs_with_the_passes_after_it(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "sweep", partial(sweeping.sweep, limit=FEW))
    with database.transaction() as session:
        offices.make(session)
        made = [offices.report(session, now)[0].id for _ in range(MANY)]
    sweeping.run(database, now + FAR)
    with database.read() as session:
        climbed = Counter(session.scalars(select(Rung.case_id)))
        assert set(climbed) == set(made)
        assert len(set(climbed.values())) == 1, "each as high as every other"
        due = Clock.state == "running", Clock.next_rung_at <= now + FAR
        assert session.scalars(select(Clock.id).where(*due)).all() == []
