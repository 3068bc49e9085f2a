"""What must hold of assisting units in the data (协办), for `caseflow doctor --laws`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, select

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.assistances import IS_OPEN
from caseflow.ledger.at_work import AT_WORK
from caseflow.ledger.states import UNDER_WAY
from caseflow.ledger.tables import Case, Item


def broken() -> Iterator[Select[Any]]:
    """Nothing is over while a unit still owes its answer; whoever owes one is urged, leads on
    nothing that it assists with, and is not the unit that a tip is about.
    """
    of_item = select(Case.number).join(Item, Item.case_id == Case.id)
    left = of_item.join(Assistance, and_(Assistance.item_id == Item.id, IS_OPEN))
    yield left.where(Item.state.not_in(UNDER_WAY))
    yield left.where(Case.kind == "tip", Assistance.unit_id == Case.unit_id)
    leads = (Item.verifying_unit_id, Item.rectifying_unit_id)
    yield left.where(Assistance.unit_id.in_(leads))
    owed = select(func.count()).where(Assistance.item_id == Item.id, IS_OPEN)
    urged = select(func.count()).where(
        Clock.item_id == Item.id, Clock.name == "assist", Clock.state.in_(ALIVE)
    )
    differs = owed.correlate(Item).scalar_subquery() != urged.correlate(Item).scalar_subquery()
    yield of_item.where(AT_WORK, differs)
