"""A finding is recorded of what somebody verifies; of anything else it is refused like any move."""

from datetime import datetime

import pytest

from caseflow.db import Database
from caseflow.errors import MoveNotAllowed
from caseflow.ledger.moves import items, triage, work
from tests import office as offices


@pytest.mark.parametrize("kind", ["complaint", "tip"])
@pytest.mark.parametrize("result", ["unsubstantiated", "substantiated"])
def test_no_finding_about_what_was_never_sent_out(
    database: Database, now: datetime, kind: str, result: str
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        handler, section = office["handler"], office.units["section"]
        case, _ = offices.report(session, now, kind=kind, unit=office.units["school"])
        triage.accept(session, handler, case.id, now)
        sent, draft = items.split(session, handler, case.id, ["食堂卫生", "收费"], now)
        items.dispatch(session, handler, sent.id, items.Dispatch(section, "请核查"), now)
        found = work.Result(result, "依据", section, "请整改")
        with pytest.raises(MoveNotAllowed), session.begin_nested():
            work.find(session, handler, draft.id, found, now)
