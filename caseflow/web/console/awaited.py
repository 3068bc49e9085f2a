"""Whom a case waits for, in words: where the next step is somebody else's."""

from caseflow.ledger import gate, reasons
from caseflow.ledger.moves.objecting import OBJECTIONS
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Item
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext


def proposal(sight: Sight) -> str:
    """Say who decides on the proposal to decline or refer the case, where one waits."""
    row = sight.proposal
    if row is None:
        return ""
    if row.move == reasons.DECLINE:
        return gettext("督办负责人审批拟不予受理")
    return gettext("督办负责人审批拟转送")


def withdrawals(sight: Sight) -> list[str]:
    """Say who decides on what was asked to be withdrawn, and on a case of which nothing is left."""
    asked = [item for item in sight.dossier.items if sight.withdrawal(item)]
    waiting = [_consents(item) for item in asked]
    if sight.all_withdrawn:
        waiting.append(gettext("没有申请撤项的督办负责人或分管领导确认全部撤项"))
    return waiting


def step_ups(sight: Sight) -> list[str]:
    """Say who decides on what was asked about the ladders of items."""
    asked = [item for item in sight.dossier.items if sight.step_up(item)]
    return [gettext("分管领导审批第 %(n)s 项的督办升级", n=item.n) for item in asked]


def _consents(item: Item) -> str:
    if item.state == "draft":
        return gettext("另一位工作人员审批第 %(n)s 项的撤项", n=item.n)
    return gettext("督办负责人或分管领导审批第 %(n)s 项的撤项", n=item.n)


def of_item(sight: Sight, item: Item) -> str:
    """Say whose turn it is with an item; nothing where it is over."""
    if item.state in ITEM_DONE:
        return ""
    unit = sight.dossier.unit_name(gate.holder_unit(item))
    if item.inspector_id is not None and item.state in ("dispatched", "verifying"):
        unit = gettext("责任督学 %(who)s", who=sight.dossier.person(item.inspector_id))
    verifies = gettext("%(unit)s 核查", unit=unit)
    if item.id in sight.to_find:
        verifies = gettext("承办人为第 %(n)s 项作出核查结论", n=item.n)
    checked = gettext("验收人验收第 %(n)s 项", n=item.n)
    if item.id in sight.unvisited:
        checked = gettext("责任督学或承办人实地核查第 %(n)s 项", n=item.n)
    signs = sight.signing.get(item.id)
    sentence = {
        "draft": "" if sight.withdrawal(item) else gettext("承办人交办第 %(n)s 项", n=item.n),
        "dispatched": gettext("%(unit)s 签收", unit=unit),
        "objected": _decides(sight, item),
        "verifying": verifies,
        "rectifying": gettext("%(unit)s 整改", unit=unit),
        "submitted": checked,
    }
    if signs is not None:
        return gettext("%(unit)s 负责人签发答复", unit=unit)
    return sentence[item.state]


def _decides(sight: Sight, item: Item) -> str:
    if item.objections < OBJECTIONS:
        return gettext("督办负责人审核第 %(n)s 项的退单", n=item.n)
    designation = sight.designations.get(item.id)
    if designation is None or designation.led:
        return gettext("分管领导为第 %(n)s 项指定承办单位", n=item.n)
    return gettext(
        "上一级督办负责人为第 %(n)s 项指定承办单位（本级没有可以指定的分管领导）", n=item.n
    )


def more_time(sight: Sight, item: Item | None) -> str:
    """Say who decides on the application for more time, where one waits."""
    if sight.undecided(item) is None:
        return ""
    if item is None:
        return gettext("督办负责人或分管领导审批办件延期")
    return gettext("督办负责人审批第 %(n)s 项的延期", n=item.n)
