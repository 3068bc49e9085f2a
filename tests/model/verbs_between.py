"""The product's verbs by which a case becomes two, or another office's, as something to try."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.moves import afterwards, passing, proposing, reviewing, splitting
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.report_tables import Report
from caseflow.people.actor import REPORTER, Actor
from caseflow.vault.tables import Original
from tests import office as offices
from tests.model.things import Said
from tests.model.verbs import PROVINCE, Tries

AREAS = {
    "district": offices.DISTRICT,
    "other": offices.OTHER,
    "city": offices.CITY,
    "province": PROVINCE,
}


def of_case(
    s: Session, me: Actor, n: int, reports: Sequence[int], said: Said, at: datetime
) -> Tries:
    """Return what may be tried with a case; `reports`: the id of each that there is."""

    def numbers(some: Sequence[int]) -> list[str]:
        return [s.get_one(Report, reports[one]).number for one in some]

    return {
        "split_off": lambda: splitting.split_off(
            s,
            me,
            n,
            numbers(said.going),
            "两件事",
            at,
            items=[str(one) for one in said.items],
            shared=numbers(said.shared),
            matter="另一件" if said.shared else "",
        ),
        "ask_review": lambda: _ask(s, me, n, reports[said.report], at),
        "opine": lambda: reviewing.opine(
            s, me, n, said.opinion, "意见", said.way, at, proof="空号"
        ),
        "pass_on": lambda: passing.pass_on(s, me, n, AREAS.get(said.to, ""), "level", "归你们", at),
        "take_back": lambda: passing.take_back(s, me, n, "", at),
        "receive": lambda: passing.receive(s, me, n, at),
        "send_back": lambda: passing.send_back(s, me, n, "不归我们", at),
        "propose_decline": lambda: proposing.propose(
            s, me, n, "decline", Because("outside", "不归教育"), at
        ),
        "propose_refer": lambda: proposing.propose(
            s, me, n, "refer", Because("authority", "归他们", "民政局"), at
        ),
        "approve": lambda: proposing.approve(s, me, n, "", at),
        "refuse_proposal": lambda: proposing.refuse_proposal(s, me, n, "照常办理", at),
        "answer_later": lambda: afterwards.answer_later(
            s, me, n, _word(s, reports[said.report], said.which), "答复", said.way, at, proof="空号"
        ),
    }


def _word(s: Session, report: int, n: int) -> int:
    """Return the n-th report by which the sender of another said more; 0 where there is none."""
    said = list(s.scalars(select(Report.id).where(Report.follows == report).order_by(Report.id)))
    return said[n - 1] if n <= len(said) else 0


def _ask(s: Session, me: Actor, n: int, report: int, at: datetime) -> Report:
    """Ask for a review, by the reporter's own door or as somebody who writes it down."""
    key = f"review-{n}-{report}-{at:%Y%m%d%H%M%S%f}"
    s.add(Original(id=key, sealed=b"-", size=1, received_at=at))
    s.flush()
    door = "webform" if me is REPORTER else "telephone"
    return reviewing.ask_review(s, me, n, report, "不服", door, at, original_id=key)
