"""Shelving a case, its milestones, and taking it up again, as POSTs (挂账, 销账)."""

from sqlalchemy.orm import Session

from caseflow.ledger import shelvings
from caseflow.ledger.moves import milestones, shelving
from caseflow.ledger.tables import Case
from caseflow.refs import whole
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_case
from caseflow.web.edge import actor, needs, now, seen, typed, typed_day


@blueprint.post("/cases/<number>/ask_shelving")
@needs("case.shelve")
def ask_shelving(number: str) -> Page:
    """Ask for a case to be shelved (申请挂账)."""
    grounds, plan, told = typed("grounds"), typed("plan"), typed("told")
    lines = range(1, shelvings.MOST + 1)
    wanted = [(typed(f"what_{n}"), typed_day(f"until_{n}")) for n in lines]

    def work(session: Session, case: Case) -> None:
        shelving.ask_shelving(
            session, actor(), case.id, grounds, plan, told, wanted, now(), seen=seen()
        )

    return on_case(number, "ask_shelving", work)


@blueprint.post("/cases/<number>/shelve")
@needs("case.decide_shelving")
def shelve(number: str) -> Page:
    """Shelve it as somebody else asked (同意挂账)."""
    remark = typed("remark")
    return on_case(
        number,
        "shelve",
        lambda s, case: shelving.shelve(s, actor(), case.id, remark, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/refuse_shelving")
@needs("case.decide_shelving")
def refuse_shelving(number: str) -> Page:
    """Let the case go on (不同意挂账)."""
    reason = typed("reason")
    return on_case(
        number,
        "refuse_shelving",
        lambda s, case: shelving.refuse_shelving(s, actor(), case.id, reason, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/meet_milestone")
@needs("case.milestone")
def meet_milestone(number: str) -> Page:
    """Say that what was waited for is there (节点完成)."""
    n, note = whole(typed("milestone")) or 0, typed("note")
    return on_case(
        number,
        "meet_milestone",
        lambda s, case: milestones.meet_milestone(s, actor(), case.id, n, note, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/ask_milestone")
@needs("case.milestone")
def ask_milestone(number: str) -> Page:
    """Ask for a milestone to be moved (申请调整节点)."""
    n, until, grounds = whole(typed("milestone")) or 0, typed_day("until"), typed("grounds")

    def work(session: Session, case: Case) -> None:
        milestones.ask_milestone(session, actor(), case.id, n, until, grounds, now(), seen=seen())

    return on_case(number, "ask_milestone", work)


@blueprint.post("/cases/<number>/move_milestone")
@needs("case.decide_shelving")
def move_milestone(number: str) -> Page:
    """Move it as somebody else asked (同意调整节点)."""
    remark = typed("remark")
    return on_case(
        number,
        "move_milestone",
        lambda s, case: milestones.move_milestone(s, actor(), case.id, remark, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/refuse_milestone")
@needs("case.decide_shelving")
def refuse_milestone(number: str) -> Page:
    """Leave it where it is (不同意调整节点)."""
    reason = typed("reason")

    def work(session: Session, case: Case) -> None:
        milestones.refuse_milestone(session, actor(), case.id, reason, now(), seen=seen())

    return on_case(number, "refuse_milestone", work)


@blueprint.post("/cases/<number>/take_up")
@needs("case.take_up")
def take_up(number: str) -> Page:
    """Take the case off the books (销账，恢复办理)."""
    reason = typed("reason")
    return on_case(
        number,
        "take_up",
        lambda s, case: shelving.take_up(s, actor(), case.id, reason, now(), seen=seen()),
    )
