"""What must hold of what came back too often (提级督办), for `caseflow doctor --laws`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, or_, select

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.tables import Case, Item


def broken() -> Iterator[Select[Any]]:
    """Its history tells of it; the level above is urged as long as it waits, and no longer; and
    nobody struck off meanwhile what it is about.
    """
    of_case = select(Case.number).join(Oversight, Oversight.case_id == Case.id)
    said = exists().where(
        Entry.case_id == Oversight.case_id, Entry.verb == "go_up", Entry.at == Oversight.at
    )
    yield of_case.where(~said.correlate(Oversight))
    urged = exists().where(
        Clock.case_id == Case.id, Clock.name == ClockName.oversee, Clock.state.in_(ALIVE)
    )
    waits = exists().where(Oversight.case_id == Case.id, Oversight.looked_at.is_(None))
    yield select(Case.number).where(urged, or_(~waits, Case.state == "merged"))
    # What waited before there was such a promise has none.
    began = exists().where(
        Clock.case_id == Oversight.case_id,
        Clock.name == ClockName.oversee,
        Clock.started_at == Oversight.at,
    )
    promised = of_case.where(Oversight.looked_at.is_(None), began.correlate(Oversight))
    yield promised.where(Case.state != "merged", ~urged)
    of_item = select(Case.number).join(Item, Item.case_id == Case.id)
    held = exists().where(
        or_(Oversight.item_id == Item.id, Oversight.item_id.is_(None)),
        Oversight.case_id == Item.case_id,
        Oversight.at < Item.struck_off_at,
        or_(Oversight.looked_at.is_(None), Oversight.looked_at > Item.struck_off_at),
    )
    yield of_item.where(Item.state == "struck_off", held)
