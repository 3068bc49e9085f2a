"""The one gate of files of inquiry: may this happen to one, by this person? It alone sets their
state. Nothing of it happens by itself: no rung, no sweep and no clock takes a step.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines.ladder import Action
from caseflow.errors import MoveNotAllowed, NotFound, NotPermitted
from caseflow.escalation.accountability_states import ACCOUNTABILITY_EDGES, OPENED
from caseflow.escalation.accountability_tables import (
    AccountabilityFile,
    AccountabilityInquirer,
    AccountabilityStep,
)
from caseflow.escalation.order_states import STANDS
from caseflow.escalation.tables import Order
from caseflow.ledger import gate
from caseflow.ledger.states import Edge, edges
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.people.scope import scope_of

NO_PERMISSION = "您的岗位没有这项权限"
ELSEWHERE = "只能由签发建议、建立案卷的一级办理"
RECUSED = "案卷涉及您须回避的单位，请由他人办理"
INQUIRED = "您参加或登记了核实，决定须由他人作出"
DECIDED = "决定由您作出，复核须由他人答复"
MOVED_ON = "这份案卷刚有变动，请看过再操作"
WAITS = "救济期限还没有满，期满才能结卷"
NOTHING_IMPOSED = "没有对单位作出处理，不需要复核、申诉"
NOT_ISSUED = "签发后的建议才能建立责任核实案卷"
THERE_IS_ONE = "这份建议已经建立责任核实案卷"
NO_UNIT = "没有记下是哪个单位逾期，不能建立责任核实案卷"


@dataclass(frozen=True)
class Standing:
    """A file with what the gate asks beside its row.

    `units`: those it is about, and its case; `inquirers` made the inquiry; `last`: its last step;
    `since`: the first day that the next one can have, for the first that of the proposal.
    """

    file: AccountabilityFile
    units: frozenset[int]
    inquirers: frozenset[int]
    last: AccountabilityStep
    since: date


def lock(session: Session, file_id: int, seen: int | None = None) -> Standing:
    """Lock a file and return it fresh. `seen`: the history number that the form was made from.

    Raises NotFound, and MoveNotAllowed where something happened to it since.
    """
    query = select(AccountabilityFile).where(AccountabilityFile.id == file_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("没有这份案卷")
    if seen is not None and seen != found.head_n:
        raise MoveNotAllowed(MOVED_ON)
    return standing(session, found)


def standing(session: Session, file: AccountabilityFile) -> Standing:
    """Return a file with what the gate asks of it: four statements at the most."""
    about = session.scalar(select(Case.unit_id).where(Case.id == file.case_id))
    inquired = select(AccountabilityInquirer.user_id)
    inquired = inquired.where(AccountabilityInquirer.file_id == file.id)
    step = select(AccountabilityStep).where(AccountabilityStep.file_id == file.id)
    last = session.scalars(step.order_by(AccountabilityStep.n.desc()).limit(1)).one()
    return Standing(
        file,
        frozenset(unit for unit in (file.unit_id, about) if unit is not None),
        frozenset(session.scalars(inquired)),
        last,
        _issued(session, file) if last.verb == OPENED else last.day,
    )


def _issued(session: Session, file: AccountabilityFile) -> date:
    at = session.scalars(select(Order.issued_at).where(Order.id == file.order_id)).one()
    return local(at or file.opened_at).date()


def pass_file(actor: Actor, known: Standing, move: str, today: date) -> None:
    """Take a file along the edge of `move`; raises as `edge_of` does."""
    known.file.state = edge_of(actor, known, move, today).target


def edge_of(actor: Actor, known: Standing, move: str, today: date) -> Edge:
    """Return the edge that somebody may take. Raises MoveNotAllowed or NotPermitted."""
    if not any(may(actor, edge.who) for edge in ACCOUNTABILITY_EDGES if edge.move == move):
        raise NotPermitted(NO_PERMISSION)
    if why := refusal(actor, known, move):
        raise NotPermitted(why)
    found = edges(ACCOUNTABILITY_EDGES, move, known.file.state)
    if not found:
        refused = MoveNotAllowed("案卷现在的状态不能进行这一步")
        refused.add_note(f"{move} from {known.file.state}")
        raise refused
    if why := out_of_turn(known, move, today):
        raise MoveNotAllowed(why)
    return found[0]


def refusal(actor: Actor, known: Standing, move: str) -> str:
    """Say why a step is not this person's to take, whatever their role, or nothing where it is."""
    if actor.area != known.file.area_code:
        return ELSEWHERE
    if actor.recused & known.units:
        return RECUSED
    return _four_eyes(actor, known, move)


def _four_eyes(actor: Actor, known: Standing, move: str) -> str:
    """Whoever inquired does not decide; whoever decided does not answer the review of it."""
    if move == "decision_made" and actor.id in known.inquirers:
        return INQUIRED
    own = move == "decision_review_answered" and actor.id == known.file.decided_by
    return DECIDED if own else ""


def out_of_turn(known: Standing, move: str, today: date) -> str:
    """Say why a step cannot be taken yet, or not at all, though the table has it; or nothing."""
    if move in ("decision_review_asked", "decision_appealed") and _nothing_imposed(known):
        return NOTHING_IMPOSED
    return WAITS if move == "file_closed" and remedies_run(known, today) else ""


def remedies_run(known: Standing, today: date) -> bool:
    """Tell whether the unit can still ask for a remedy: then a file is not closed."""
    until = known.file.until
    return until is not None and today <= until and not _nothing_imposed(known)


def _nothing_imposed(known: Standing) -> bool:
    """Tell whether nothing was imposed on the unit, or what was is revoked."""
    return known.file.outcome == "none" or known.last.choice == "revoked"


def offers(actor: Actor, known: Standing, today: date) -> list[str]:
    """Return the steps that this person may take with a file now, for its page, in their order."""
    return [
        edge.move
        for edge in ACCOUNTABILITY_EDGES
        if edge.source == known.file.state
        and may(actor, edge.who)
        and not refusal(actor, known, edge.move)
        and not out_of_turn(known, edge.move, today)
    ]


def not_opened(actor: Actor, case: Case, order: Order, file: AccountabilityFile | None) -> str:
    """Say why somebody cannot open the file of a document, or nothing where they can.

    Only by the level that issued it, for the area that it issued it for.
    """
    if not may(actor, "accountability.record"):
        return NO_PERMISSION
    if actor.recused & {order.late_unit_id, case.unit_id}:
        return RECUSED
    if order.kind != Action.accountability or order.state not in STANDS:
        return NOT_ISSUED
    if order.issued_level != actor.level or not gate.covers(scope_of(actor), case):
        return ELSEWHERE
    if file is not None:
        return THERE_IS_ONE
    return NO_UNIT if order.late_unit_id is None else ""
