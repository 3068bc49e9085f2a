"""A tip that a unit verifies: the unit looks and hands in what it saw, the office finds (§3).

A unit has no word for being done. What it hands in since it signed, or since its answer was
returned, says that there is something to conclude from: from then on the office owes the finding.
"""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from caseflow.ledger.literals import is_word
from caseflow.ledger.tables import Case, Evidence, Item

_HANDED_IN = (
    select(Evidence.id)
    .where(
        Evidence.item_id == Item.id,
        Evidence.at >= Item.signed_at,
        Evidence.visit_id.is_(None),
        Evidence.assistance_id.is_(None),
        or_(Item.returned_at.is_(None), Evidence.at > Item.returned_at),
    )
    .limit(1)
    .correlate(Item)
    .scalar_subquery()
)

TO_FIND = and_(
    is_word(Case.kind, "tip"),
    is_word(Item.state, "verifying"),
    Item.inspector_id.is_(None),
    _HANDED_IN.is_not(None),
)
"""In SQL, of an item and its case: the office owes the finding. An inspector finds in person."""


def to_find(session: Session, case: Case) -> frozenset[int]:
    """Return the ids of the items of a case whose finding the office owes; one statement."""
    if case.kind != "tip":
        return frozenset()
    query = select(Item.id).join(Case, Case.id == Item.case_id)
    return frozenset(session.scalars(query.where(Item.case_id == case.id, TO_FIND)))
