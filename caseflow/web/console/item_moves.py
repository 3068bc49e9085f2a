"""Every move of an item that a person of the office makes, as a POST: a few lines each."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from caseflow.ledger.moves import (
    check,
    extending,
    items,
    objecting,
    transferring,
    withdrawing,
    work,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import gathered
from caseflow.ledger.moves.transferring import Transfer
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Case
from caseflow.refs import whole
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_item
from caseflow.web.console.sight import unit_typed
from caseflow.web.edge import actor, needs, now, seen, typed, typed_day
from caseflow.web.files import Brought


@blueprint.post("/items/<int:item_id>/edit")
@needs("case.split")
def edit(item_id: int) -> Page:
    """Reword a draft item (修改)."""
    matter = typed("matter")
    return on_item(
        item_id, "edit", lambda s, _: items.edit(s, actor(), item_id, matter, now(), seen=seen())
    )


@blueprint.post("/items/<int:item_id>/dispatch")
@needs("item.dispatch")
def dispatch(item_id: int) -> Page:
    """Dispatch an item to the verifying unit (交办)."""
    return _to_whom(item_id, "dispatch", items.dispatch)


@blueprint.post("/items/<int:item_id>/dispatch_anew")
@needs("item.decide")
def dispatch_anew(item_id: int) -> Page:
    """Give an item that was objected to to another unit (改交)."""
    return _to_whom(item_id, "dispatch_anew", objecting.dispatch_anew)


@blueprint.post("/items/<int:item_id>/designate")
@needs("item.designate")
def designate(item_id: int) -> Page:
    """Say who handles an item after two objections (指定承办)."""
    return _to_whom(item_id, "designate", objecting.designate)


def _to_whom(item_id: int, move: str, verb: Callable[..., None]) -> Page:
    """Give an item to whom the form names, by one of the verbs that do."""
    inspector, text = whole(typed("inspector")), typed("text")
    none_listed, slip = typed("none_listed") == "yes", typed("slip") == "yes"

    def send(session: Session, case: Case) -> None:
        unit_id = unit_typed(session, case, "unit") or 0
        given = Dispatch(unit_id, text, inspector, none_listed, slip)
        verb(session, actor(), item_id, given, now(), seen=seen())

    return on_item(item_id, move, send)


@blueprint.post("/items/<int:item_id>/reject_objection")
@needs("item.decide")
def reject_objection(item_id: int) -> Page:
    """Leave an item with the unit that objected (驳回退单)."""
    reason = typed("reason")
    return on_item(
        item_id,
        "reject_objection",
        lambda s, _: objecting.reject_objection(s, actor(), item_id, reason, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/reassign")
@needs("item.reassign")
def reassign(item_id: int) -> Page:
    """Let another inspector verify an item (改派责任督学)."""
    inspector, reason = whole(typed("inspector")), typed("reason")
    return on_item(
        item_id,
        "reassign",
        lambda s, _: items.reassign(s, actor(), item_id, inspector, reason, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/extend")
@needs("item.extend")
def extend(item_id: int) -> Page:
    """Ask for more time for an item (申请延期)."""
    until, grounds = typed_day("until"), typed("grounds")
    return on_item(
        item_id,
        "extend",
        lambda s, _: extending.extend(s, actor(), item_id, until, grounds, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/grant")
@needs("item.decide")
def grant(item_id: int) -> Page:
    """Give an item the time that was asked for (准予延期)."""
    remark = typed("remark")
    return on_item(
        item_id,
        "grant",
        lambda s, _: extending.grant(s, actor(), item_id, remark, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/refuse")
@needs("item.decide")
def refuse(item_id: int) -> Page:
    """Leave an item's promise as it is (不予延期)."""
    reason = typed("reason")
    return on_item(
        item_id,
        "refuse",
        lambda s, _: extending.refuse(s, actor(), item_id, reason, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/sign_for")
@needs("item.sign_for")
def sign_for(item_id: int) -> Page:
    """Sign for an item, for whoever holds it (签收)."""
    return on_item(
        item_id, "sign_for", lambda s, _: work.sign_for(s, actor(), item_id, now(), seen=seen())
    )


@blueprint.post("/items/<int:item_id>/hand_in")
@needs("item.hand_in")
def hand_in(item_id: int) -> Page:
    """Hand in files as evidence (上传材料)."""
    files = Brought("file", required=True)
    return on_item(item_id, "hand_in", lambda s, _: files.hand_in(s, item_id, seen()), files)


@blueprint.post("/items/<int:item_id>/find")
@needs("item.find")
def find(item_id: int) -> Page:
    """Record the finding, with files where some were chosen (核查结论)."""
    result, basis, told = typed("result"), typed("basis"), typed("rectify_text")
    files = Brought("evidence")

    def record(session: Session, case: Case) -> None:
        unit = unit_typed(session, case, "rectifying_unit")
        found = Result(result, basis, unit, told)
        since = None if len(files) else seen()
        gathered(
            lambda: files.hand_in(session, item_id, seen()),
            lambda: work.find(session, actor(), item_id, found, now(), seen=since),
        )

    return on_item(item_id, "find", record, files)


@blueprint.post("/items/<int:item_id>/submit")
@needs("item.submit")
def submit(item_id: int) -> Page:
    """Submit what was put right, with files where some were chosen (提交验收)."""
    done, files = typed("done"), Brought("evidence")

    def record(session: Session, _case: Case) -> None:
        since = None if len(files) else seen()
        gathered(
            lambda: files.hand_in(session, item_id, seen()),
            lambda: work.submit(session, actor(), item_id, done, now(), seen=since),
        )

    return on_item(item_id, "submit", record, files)


@blueprint.post("/items/<int:item_id>/return", endpoint="return")
@needs("item.return")
def return_item(item_id: int) -> Page:
    """Send a submitted item back (退回)."""
    reason = typed("reason")
    return on_item(
        item_id,
        "return",
        lambda s, _: check.return_item(s, actor(), item_id, reason, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/strike_off")
@needs("item.strike_off")
def strike_off(item_id: int) -> Page:
    """Strike an item off (销号)."""
    remark = typed("remark")
    return on_item(
        item_id,
        "strike_off",
        lambda s, _: check.strike_off(s, actor(), item_id, remark, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/withdraw")
@needs("item.withdraw")
def withdraw(item_id: int) -> Page:
    """Ask that an item be withdrawn (申请撤项)."""
    reason = typed("reason")
    return on_item(
        item_id,
        "withdraw",
        lambda s, _: withdrawing.withdraw(s, actor(), item_id, reason, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/consent_withdrawal")
@needs("item.consent_draft")
def consent_withdrawal(item_id: int) -> Page:
    """Withdraw an item that somebody else asked to (同意撤项)."""
    remark = typed("remark")
    return on_item(
        item_id,
        "consent_withdrawal",
        lambda s, _: withdrawing.consent_withdrawal(
            s, actor(), item_id, remark, now(), seen=seen()
        ),
    )


@blueprint.post("/items/<int:item_id>/refuse_withdrawal")
@needs("item.consent_draft")
def refuse_withdrawal(item_id: int) -> Page:
    """Leave an item as it is (不同意撤项)."""
    reason = typed("reason")
    return on_item(
        item_id,
        "refuse_withdrawal",
        lambda s, _: withdrawing.refuse_withdrawal(s, actor(), item_id, reason, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/statutory")
@needs("item.statutory")
def statutory(item_id: int) -> Page:
    """Hand an item over to the authority whose procedure it is (转入法定程序)."""
    given = Transfer(typed("authority"), typed("reason"), typed("number"))
    return on_item(
        item_id,
        "statutory",
        lambda s, _: transferring.statutory(s, actor(), item_id, given, now(), seen=seen()),
    )


@blueprint.post("/items/<int:item_id>/statutory_outcome")
@needs("item.statutory_outcome")
def statutory_outcome(item_id: int) -> Page:
    """Put on record what came of the procedure (法定程序结果)."""
    text, number = typed("text"), typed("number")
    return on_item(
        item_id,
        "statutory_outcome",
        lambda s, _: transferring.statutory_outcome(
            s, actor(), item_id, text, now(), number=number, seen=seen()
        ),
    )
