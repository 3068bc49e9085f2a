"""Passing a case on to another office, and what that office answers (移送), as forms and words."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from caseflow import words
from caseflow.clock import local
from caseflow.ledger import passages
from caseflow.ledger.moves import passing
from caseflow.ledger.report_tables import Passage
from caseflow.web.clocks import due_text
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext


def pass_on(sight: Sight) -> Form | None:
    """Return the form that passes the case on; None where it is another office's to do, somebody is
    at work on an item, or there is no office that could get it.
    """
    if not _is_own(sight) or passing.is_under_way(sight.dossier.items):
        return None
    if sight.case.countersign or (sight.case.urgent and sight.dossier.clock("immediate")):
        return None
    offices = [area.code for area in passages.offices(sight.session, sight.case)]
    if not offices:
        return None
    called = passages.names(sight.session, offices)
    reasons = [(code, gettext(label)) for code, label in words.PASSING.items()]
    return Form(
        "pass_on",
        gettext("移送上级或下级"),
        _to(sight, "pass_on"),
        (
            gettext(
                "对方须在 %(when)s 前签收或退回；签收前仍由本办负责。", when=sight.due("receive")
            ),
            gettext("各项期限照常计算，不因移送延长；正在等待审批的延期、撤项申请作废。"),
            gettext("签收后本办只能按编号查到去向，反映人会得知现在由哪里办理。"),
        ),
        (
            Field(
                "select",
                "to",
                gettext("移送到"),
                options=[(code, called[code]) for code in offices],
                blank=gettext("请选择"),
                hint=gettext("只能移送上级或下级；要给同级的办，请先移送共同的上级"),
            ),
            Field("select", "why", gettext("原因"), options=reasons, blank=gettext("请选择")),
            Field("textarea", "grounds", gettext("说明（对方会看到）"), longest=2000),
        ),
        submit=gettext("移送"),
    )


def take_back(sight: Sight) -> Form | None:
    """Return the form that takes a case back before anybody signed for it."""
    if sight.passage is None or not _is_own(sight):
        return None
    return Form(
        "take_back",
        gettext("收回移送"),
        _to(sight, "take_back"),
        (gettext("仍由本办办理，将通知对方不用签收。"),),
        (Field("textarea", "remark", gettext("说明"), optional=True, longest=2000),),
    )


def receive(sight: Sight) -> Form | None:
    """Return the form that signs for a case."""
    if sight.passage is None:
        return None
    clock = sight.dossier.clock("resolve")
    promised = due_text(clock.due) if clock else ""
    return Form(
        "receive",
        gettext("签收移送"),
        _to(sight, "receive"),
        (
            gettext("签收后由本办办理，您为承办人。"),
            gettext("答应反映人的期限不变：%(when)s。", when=promised),
            gettext("将告知反映人现在由本办办理，并通知移送的办。"),
        ),
    )


def send_back(sight: Sight) -> Form | None:
    """Return the form that sends a case back; None once it is too late, or where the office above
    has decided.
    """
    row = sight.passage
    if row is None or row.designated or not passing.in_time(sight.session, sight.case, sight.now):
        return None
    return Form(
        "send_back",
        gettext("退回移送"),
        _to(sight, "send_back"),
        (gettext("办件仍由移送的办办理；两个办之间退回满两次的，由上级决定。"),),
        (Field("textarea", "reason", gettext("退回理由（对方会看到）"), longest=2000),),
    )


def asked(sight: Sight, row: Passage) -> list[tuple[str, str]]:
    """Return what whoever signs must know of a passage: from where, why, by whom and when."""
    when = day_text(local(row.passed_at).date())
    decided = gettext("两次退回后上级指定由本办办理，不能再退回") if row.designated else ""
    return [
        (gettext("移送的办"), sight.offices[row.from_area]),
        (gettext("原因"), gettext(words.PASSING[row.reason])),
        (gettext("说明"), row.grounds),
        (gettext("移送人"), f"{sight.dossier.person(row.passed_by)} {when}"),
        (gettext("指定"), decided),
    ]


def waits(sight: Sight) -> str:
    """Say whose signature the case waits for, and until when; nothing where it waits for none."""
    row = sight.passage
    if row is None:
        return ""
    clock = sight.dossier.clock("receive")
    return gettext(
        "已移送%(office)s，等对方签收，期限：%(when)s；签收前仍由本办负责。",
        office=sight.offices[row.to_area],
        when=due_text(clock.due) if clock else "",
    )


def story(facts: Mapping[str, Any]) -> str:
    """Return what the history says of passing on beside the office: why, or from which one."""
    if "grounds" in facts:
        reason = gettext(words.PASSING[facts["reason"]])
        decided = gettext("两次退回后指定，不能再退回") if facts["designated"] else ""
        return "\n".join(line for line in (reason, facts["grounds"], decided) if line)
    return gettext("原由%(office)s办理", office=facts["left"])


def _is_own(sight: Sight) -> bool:
    return sight.actor.area == passages.office(sight.case)


def _to(sight: Sight, move: str) -> str:
    return url_for(f"console.{move}", number=sight.case.number)
