"""How a case ends without being handled, as POSTs: declined, referred, or either proposed."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from caseflow.ledger import reasons
from caseflow.ledger.moves import proposing, supplementing, triage
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.tables import Case
from caseflow.refs import whole
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_case
from caseflow.web.edge import actor, needs, now, seen, typed


def _because() -> Because:
    """Return why, as the form says it."""
    return Because(typed("code"), typed("reason"), typed("authority"))


@blueprint.post("/cases/<number>/decline")
@needs("case.decline")
def decline(number: str) -> Page:
    """Decline with a reason (不予受理)."""
    code, reason, _ = _because()

    def work(session: Session, case: Case) -> None:
        triage.decline(session, actor(), case.id, reason, now(), code=code, seen=seen())

    return on_case(number, "decline", work)


@blueprint.post("/cases/<number>/refer")
@needs("case.refer")
def refer(number: str) -> Page:
    """Refer to the competent authority (转送)."""
    code, reason, whom = _because()

    def work(session: Session, case: Case) -> None:
        triage.refer(session, actor(), case.id, whom, reason, now(), code=code, seen=seen())

    return on_case(number, "refer", work)


@blueprint.post("/cases/<number>/supplement")
@needs("case.supplement")
def supplement(number: str) -> Page:
    """Ask the reporter for what is missing before anything is decided (补正)."""
    lacks = {code: typed(f"lack_{code}") for code in reasons.LACKS}
    report = whole(typed("report")) or 0

    def work(session: Session, case: Case) -> None:
        supplementing.supplement(session, actor(), case.id, report, lacks, now(), seen=seen())

    return on_case(number, "supplement", work)


@blueprint.post("/cases/<number>/propose_decline")
@needs("case.propose")
def propose_decline(number: str) -> Page:
    """Propose to decline (拟不予受理)."""
    return on_case(number, "propose_decline", _proposing(reasons.DECLINE))


@blueprint.post("/cases/<number>/propose_refer")
@needs("case.propose")
def propose_refer(number: str) -> Page:
    """Propose to refer (拟转送)."""
    return on_case(number, "propose_refer", _proposing(reasons.REFER))


def _proposing(move: str) -> Callable[[Session, Case], None]:
    because = _because()

    def work(session: Session, case: Case) -> None:
        proposing.propose(session, actor(), case.id, move, because, now(), seen=seen())

    return work


@blueprint.post("/cases/<number>/approve")
@needs("case.approve")
def approve(number: str) -> Page:
    """Do what somebody else proposed (同意拟办意见)."""
    remark = typed("remark")
    return on_case(
        number,
        "approve",
        lambda s, case: proposing.approve(s, actor(), case.id, remark, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/refuse_proposal")
@needs("case.approve")
def refuse_proposal(number: str) -> Page:
    """Let the case go on as it was (不同意拟办意见)."""
    reason = typed("reason")
    return on_case(
        number,
        "refuse_proposal",
        lambda s, case: proposing.refuse_proposal(s, actor(), case.id, reason, now(), seen=seen()),
    )
