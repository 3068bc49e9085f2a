"""Reviews of an answer (复查, 复核), and what comes after the end, as POSTs."""

from sqlalchemy.orm import Session

from caseflow.intake import reviewing as asking
from caseflow.ledger.dossier import Dossier
from caseflow.ledger.moves import afterwards, reviewing
from caseflow.ledger.tables import Case
from caseflow.refs import whole
from caseflow.web.console import review_forms
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import DONE, on_case
from caseflow.web.edge import actor, needs, now, rooms, seen, typed
from caseflow.web.locale import gettext


@blueprint.post("/cases/<number>/ask_review")
@needs("case.ask_review")
def ask_review(number: str) -> Page:
    """Note that a reporter asks the office above for a review (请求复查、复核)."""
    report, text, channel = whole(typed("report")) or 0, typed("text"), typed("channel")
    house, kept = rooms(), {"number": "", "coded": False}

    def work(session: Session, case: Case) -> None:
        me, at = actor(), now()
        said = asking.ask(session, house, me, case.id, report, text, channel, at, seen=seen())
        kept.update(number=said.number, coded=said.receipt_hash is not None)

    def told(_case: Dossier) -> str:
        give_out = review_forms.to_give_out(str(kept["number"]), coded=bool(kept["coded"]))
        return f"{gettext(DONE['ask_review'])} {give_out}"

    return on_case(number, "ask_review", work, told)


@blueprint.post("/cases/<number>/opine")
@needs("case.opine")
def opine(number: str) -> Page:
    """Give the opinion of the office above (作出意见)."""
    result, text, way, proof = typed("opinion"), typed("text"), typed("way"), typed("proof")

    def work(session: Session, case: Case) -> None:
        me, at = actor(), now()
        reviewing.opine(session, me, case.id, result, text, way, at, proof=proof, seen=seen())

    return on_case(number, "opine", work)


@blueprint.post("/cases/<number>/answer_later")
@needs("case.reply")
def answer_later(number: str) -> Page:
    """Answer what came after the end (答复办结后的来件)."""
    report, text = whole(typed("report")) or 0, typed("text")
    way, proof = typed("way"), typed("proof")

    def work(session: Session, case: Case) -> None:
        me, at = actor(), now()
        afterwards.answer_later(
            session, me, case.id, report, text, way, at, proof=proof, seen=seen()
        )

    return on_case(number, "answer_later", work)


@blueprint.post("/cases/<number>/decline_ended")
@needs("case.decline")
def decline_ended(number: str) -> Page:
    """Decline what repeats an ended matter (同一事实已终结)."""
    ended, reason = typed("ended"), typed("reason")

    def work(session: Session, case: Case) -> None:
        afterwards.decline_ended(session, actor(), case.id, ended, reason, now(), seen=seen())

    return on_case(number, "decline_ended", work)
