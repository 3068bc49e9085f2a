"""The product's verbs by which a case becomes two, or another office's, as something to try."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.ledger.moves import passing, splitting
from caseflow.ledger.report_tables import Report
from caseflow.people.actor import Actor
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
        "pass_on": lambda: passing.pass_on(s, me, n, AREAS.get(said.to, ""), "level", "归你们", at),
        "take_back": lambda: passing.take_back(s, me, n, "", at),
        "receive": lambda: passing.receive(s, me, n, at),
        "send_back": lambda: passing.send_back(s, me, n, "不归我们", at),
    }
