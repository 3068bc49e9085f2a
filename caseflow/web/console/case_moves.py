"""Every move of a case that a person makes, as a POST: a few lines each."""

from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger.moves import (
    asking,
    closing,
    explaining,
    extending,
    items,
    mediating,
    merging,
    naming,
    notice,
    replying,
    retracting,
    triage,
    urgency,
    withdrawing,
)
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.tables import Case
from caseflow.refs import whole
from caseflow.web.console import extension_forms
from caseflow.web.console.closing_forms import ALL, replied
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_case
from caseflow.web.console.sight import unit_typed
from caseflow.web.edge import actor, needs, now, seen, typed, typed_day


def _number(name: str) -> int:
    """Return the id that a field chose, 0 for none: no row has it."""
    return whole(typed(name)) or 0


def _said(name: str) -> bool | None:
    """Return the answer to a yes-or-no question, None where it was not answered."""
    return {"yes": True, "no": False}.get(typed(name))


@blueprint.post("/cases/<number>/accept")
@needs("case.accept")
def accept(number: str) -> Page:
    """Accept the matter (受理)."""
    return on_case(
        number, "accept", lambda s, case: triage.accept(s, actor(), case.id, now(), seen=seen())
    )


@blueprint.post("/cases/<number>/answer")
@needs("case.answer")
def answer(number: str) -> Page:
    """Answer on the spot (当场答复)."""
    text, way = typed("text"), typed("way")
    return on_case(
        number,
        "answer",
        lambda s, case: triage.answer(s, actor(), case.id, text, now(), way=way, seen=seen()),
    )


@blueprint.post("/cases/<number>/acknowledge")
@needs("case.acknowledge")
def acknowledge(number: str) -> Page:
    """Take over an urgent matter (确认接手)."""
    card = DangerCard(
        police_called=typed("police_called") == "yes",
        leader_told=actor().role == "leader" or typed("leader_told") == "yes",
        police_who=typed("police_who"),
        police_at=typed("police_at"),
        police_number=typed("police_number"),
        reason=typed("reason"),
    )
    return on_case(
        number,
        "acknowledge",
        lambda s, case: urgency.acknowledge(s, actor(), case.id, card, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/raise_urgency")
@needs("case.raise_urgency")
def raise_urgency(number: str) -> Page:
    """Say that a matter is urgent after all (转为紧急)."""
    why = typed("reason")
    return on_case(
        number,
        "raise_urgency",
        lambda s, case: urgency.raise_urgency(s, actor(), case.id, why, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/extend_case")
@needs("case.extend")
def extend_case(number: str) -> Page:
    """Ask for more time to reply (申请办件延期)."""
    until, grounds, consent = typed_day("until"), typed("grounds"), typed("consent")

    def ask(session: Session, case: Case) -> None:
        extending.extend_case(
            session, actor(), case.id, until, grounds, now(), consent=consent, seen=seen()
        )

    return on_case(number, "extend_case", ask)


@blueprint.post("/cases/<number>/grant_case")
@needs("case.decide")
def grant_case(number: str) -> Page:
    """Give a case the time that was asked for (准予办件延期)."""
    remark = typed("remark")
    return on_case(
        number,
        "grant_case",
        lambda s, case: extending.grant_case(s, actor(), case.id, remark, now(), seen=seen()),
        extension_forms.granted,
    )


@blueprint.post("/cases/<number>/refuse_case")
@needs("case.decide")
def refuse_case(number: str) -> Page:
    """Leave a case's promise as it is (不予办件延期)."""
    reason = typed("reason")
    return on_case(
        number,
        "refuse_case",
        lambda s, case: extending.refuse_case(s, actor(), case.id, reason, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/countersign")
@needs("case.countersign")
def countersign(number: str) -> Page:
    """Confirm another person's reason (会签)."""
    remark = typed("remark")
    return on_case(
        number,
        "countersign",
        lambda s, case: urgency.countersign(s, actor(), case.id, remark, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/second_look")
@needs("case.second_look")
def second_look(number: str) -> Page:
    """Agree with what another person decided on the spot (复看)."""
    remark = typed("remark")
    return on_case(
        number,
        "second_look",
        lambda s, case: triage.second_look(s, actor(), case.id, remark, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/assign")
@needs("case.assign")
def assign(number: str) -> Page:
    """Give the case to a handler (指定承办人)."""
    handler = _number("handler")
    return on_case(
        number,
        "assign",
        lambda s, case: triage.assign(s, actor(), case.id, handler, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/name_unit")
@needs("case.name_unit")
def name_unit(number: str) -> Page:
    """Say which unit the matter is about (指明被反映单位)."""
    reason = typed("reason")

    def name(session: Session, case: Case) -> None:
        unit = unit_typed(session, case, "unit") or 0
        naming.name_unit(session, actor(), case.id, unit, reason, now(), seen=seen())

    return on_case(number, "name_unit", name)


@blueprint.post("/cases/<number>/note")
@needs("case.note")
def note(number: str) -> Page:
    """Write something down (补记)."""
    text = typed("text")
    return on_case(
        number, "note", lambda s, case: triage.note(s, actor(), case.id, text, now(), seen=seen())
    )


@blueprint.post("/cases/<number>/tell")
@needs("case.tell")
def tell(number: str) -> Page:
    """Record having told the reporter by telephone (电话告知)."""
    report = _number("report")
    return on_case(
        number, "tell", lambda s, case: notice.tell(s, actor(), case.id, report, now(), seen=seen())
    )


@blueprint.post("/cases/<number>/retract")
@needs("case.retract")
def retract(number: str) -> Page:
    """Note that a reporter takes the report back (反映人撤回)."""
    report, why = _number("report"), typed("why")
    return on_case(
        number,
        "retract",
        lambda s, case: retracting.retract(
            s, actor(), report, why, now(), case_id=case.id, seen=seen()
        ),
    )


@blueprint.post("/cases/<number>/mediate")
@needs("case.mediate")
def mediate(number: str) -> Page:
    """Put a mediation on record (调解)."""
    on, present, result, text = typed_day("on"), typed("present"), typed("result"), typed("text")

    def work(session: Session, case: Case) -> None:
        mediating.mediate(session, actor(), case.id, on, present, result, text, now(), seen=seen())

    return on_case(number, "mediate", work)


@blueprint.post("/cases/<number>/split")
@needs("case.split")
def split(number: str) -> Page:
    """Split into items, one a line (拆分)."""
    matters = [line.strip() for line in typed("matters").splitlines()]
    follows = _number("follows") or None
    return on_case(
        number,
        "split",
        lambda s, case: items.split(
            s,
            actor(),
            case.id,
            [line for line in matters if line],
            now(),
            follows=follows,
            seen=seen(),
        ),
    )


@blueprint.post("/cases/<number>/ask")
@needs("case.ask")
def ask(number: str) -> Page:
    """Ask the reporter for more (请反映人补充)."""
    report, text = _number("report"), typed("text")
    return on_case(
        number,
        "ask",
        lambda s, case: asking.ask(s, actor(), case.id, report, text, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/resume")
@needs("case.resume")
def resume(number: str) -> Page:
    """Go on without waiting any longer (恢复办理)."""
    return on_case(
        number, "resume", lambda s, case: asking.resume(s, actor(), case.id, now(), seen=seen())
    )


@blueprint.post("/cases/<number>/conclude")
@needs("case.conclude")
def conclude(number: str) -> Page:
    """Go straight to the reply (转入答复)."""
    return on_case(
        number,
        "conclude",
        lambda s, case: closing.conclude(s, actor(), case.id, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/conclude_withdrawn")
@needs("case.conclude_withdrawn")
def conclude_withdrawn(number: str) -> Page:
    """Go on to the reply with every item withdrawn (全部撤项，转入答复)."""
    reason = typed("reason")
    return on_case(
        number,
        "conclude_withdrawn",
        lambda s, case: withdrawing.conclude_withdrawn(
            s, actor(), case.id, reason, now(), seen=seen()
        ),
    )


@blueprint.post("/cases/<number>/merge")
@needs("case.merge")
def merge(number: str) -> Page:
    """Merge the case into another one (并案)."""
    into, reason = typed("other") or typed("into"), typed("reason")
    return on_case(
        number,
        "merge",
        lambda s, case: merging.merge(s, actor(), case.id, into, reason, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/unmerge")
@needs("case.merge")
def unmerge(number: str) -> Page:
    """Make a merged case one of its own again (取消并案)."""
    reason = typed("reason")
    return on_case(
        number,
        "unmerge",
        lambda s, case: merging.unmerge(s, actor(), case.id, reason, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/reply")
@needs("case.reply")
def reply(number: str) -> Page:
    """Reply to one report (答复)."""
    report, text, way, proof = _number("report"), typed("text"), typed("way"), typed("proof")
    if typed("report") == ALL:
        return _reply_to_all(number, text, way)
    return on_case(
        number,
        "reply",
        lambda s, case: closing.reply(
            s, actor(), case.id, report, text, way, now(), proof=proof, seen=seen()
        ),
    )


def _reply_to_all(number: str, text: str, way: str) -> Page:
    """Reply to every report that can be answered this way, and say how many are left."""
    many = 0

    def send(session: Session, case: Case) -> None:
        nonlocal many
        many = replying.reply_to_all(session, actor(), case.id, text, way, now(), seen=seen())

    return on_case(number, "reply", send, lambda found: replied(many, found))


@blueprint.post("/cases/<number>/call_back")
@needs("case.call_back")
def call_back(number: str) -> Page:
    """Record an attempt at calling back (回访)."""
    reached, report = _said("reached"), _number("report")

    def record(session: Session, case: Case) -> None:
        if reached is None:
            raise BadInput({"reached": "请选择是否接通"})
        heard = Heard(reached, _said("solved"), _said("satisfied"), typed("words"), typed("whose"))
        closing.call_back(
            session, actor(), case.id, heard, now(), report_id=report or None, seen=seen()
        )

    return on_case(number, "call_back", record)


@blueprint.post("/cases/<number>/explain")
@needs("case.close_unsatisfied")
def explain(number: str) -> Page:
    """Explain to a reporter who is not satisfied (解释说明)."""
    report, text, way, proof = _number("report"), typed("text"), typed("way"), typed("proof")

    def tell(session: Session, case: Case) -> None:
        explaining.explain(
            session, actor(), case.id, report, text, way, now(), proof=proof, seen=seen()
        )

    return on_case(number, "explain", tell)


@blueprint.post("/cases/<number>/close")
@needs("case.close")
def close(number: str) -> Page:
    """Close after the call-backs, or after vain attempts (办结)."""
    reason = typed("reason")
    return on_case(
        number,
        "close",
        lambda s, case: closing.close(s, actor(), case.id, reason, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/reopen")
@needs("case.reopen")
def reopen(number: str) -> Page:
    """Handle the matter again (重新办理)."""
    reason = typed("reason")
    return on_case(
        number,
        "reopen",
        lambda s, case: closing.reopen(s, actor(), case.id, reason, now(), seen=seen()),
    )
