"""Reading files of inquiry within somebody's scope: those that are open, one with all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.escalation import accountability_gate, accountability_record
from caseflow.escalation.accountability_gate import Standing
from caseflow.escalation.accountability_states import ENDED
from caseflow.escalation.accountability_tables import (
    AccountabilityEvidence,
    AccountabilityFile,
    AccountabilityStep,
)
from caseflow.escalation.tables import Order
from caseflow.files.tables import Blob
from caseflow.ledger.attached import Attached
from caseflow.ledger.tables import Case, Item
from caseflow.people import names
from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Unit

AT_ONCE = 20
"""So many open files stand on the page of documents: there are few."""


def visible(scope: Scope) -> ColumnElement[bool]:
    """Return the SQL condition on `AccountabilityFile` and its `Case` for what a scope covers:
    files of offices in the area, so none of a level above, and none about a unit, or a case about
    one, that the reader must keep away from.
    """
    if scope.reach != "area":
        return false()
    areas = select(Area.code).where(getattr(Area, scope.level) == scope.code)
    inside = AccountabilityFile.area_code.in_(areas)
    if not scope.recused:
        return inside
    apart = or_(Case.unit_id.is_(None), Case.unit_id.not_in(scope.recused))
    return inside & AccountabilityFile.unit_id.not_in(scope.recused) & apart


@dataclass(frozen=True)
class Row:
    """A file with what a list shows beside it."""

    file: AccountabilityFile
    number: str
    unit: str


def open_files(session: Session, scope: Scope) -> Sequence[Row]:
    """Return the files that are not over, the oldest first."""
    query = (
        select(AccountabilityFile, Order.number, Unit.name)
        .join(Order, Order.id == AccountabilityFile.order_id)
        .join(Case, Case.id == AccountabilityFile.case_id)
        .join(Unit, Unit.id == AccountabilityFile.unit_id)
        .where(AccountabilityFile.state.not_in(ENDED), visible(scope))
    )
    rows = session.execute(query.order_by(AccountabilityFile.id).limit(AT_ONCE))
    return [Row(file, number or "", unit) for file, number, unit in rows]


def of_order(session: Session, scope: Scope, order_id: int) -> AccountabilityFile | None:
    """Return the file of a document where the reader sees it."""
    query = select(AccountabilityFile).join(Case, Case.id == AccountabilityFile.case_id)
    return session.scalar(query.where(AccountabilityFile.order_id == order_id, visible(scope)))


@dataclass(frozen=True)
class Whole:
    """A file with all that its page shows; `people`: names by id."""

    standing: Standing
    order: Order
    case: Case
    item: Item | None
    unit: str
    office: str
    steps: Sequence[AccountabilityStep]
    evidence: Sequence[tuple[AccountabilityEvidence, Blob]]
    people: Mapping[int, str]

    @property
    def file(self) -> AccountabilityFile:
        """The row itself."""
        return self.standing.file


def one(session: Session, scope: Scope, file_id: int) -> AccountabilityFile:
    """Return a file within the scope; raises NotFound, also for one outside it."""
    query = select(AccountabilityFile).join(Case, Case.id == AccountabilityFile.case_id)
    file = session.scalar(query.where(AccountabilityFile.id == file_id, visible(scope)))
    if file is None:
        raise NotFound("没有这份案卷，或不在您的辖区内")
    return file


def whole(session: Session, scope: Scope, file_id: int) -> Whole:
    """Return a file with what its page shows; a fixed number of statements. Raises NotFound."""
    file = one(session, scope, file_id)
    query = (
        select(Order, Case, Item, Unit.name, Area.name)
        .join(Case, Case.id == Order.case_id)
        .outerjoin(Item, Item.id == Order.item_id)
        .join(Unit, Unit.id == file.unit_id)
        .join(Area, Area.code == file.area_code)
        .where(Order.id == file.order_id)
    )
    order, case, item, unit, office = session.execute(query).one()
    steps = accountability_record.steps(session, file)
    people = names.users(session, {step.user_id for step in steps})
    standing = accountability_gate.standing(session, file)
    evidence = accountability_record.evidence(session, file)
    return Whole(standing, order, case, item, unit, office, steps, evidence, people)


def file(session: Session, scope: Scope, file_id: int, evidence_id: int) -> Attached:
    """Return what came with a step of a file within the scope; raises NotFound."""
    inquiry = one(session, scope, file_id)
    for row, blob in accountability_record.evidence(session, inquiry):
        if row.id == evidence_id:
            return Attached(row.name, blob, inquiry.case_id)
    raise NotFound("没有这个文件")
