"""A case in which two matters were, and of which one became a case of its own."""

from caseflow.demo.scripts import merged, path
from caseflow.demo.story import Story
from caseflow.demo.timeline import Script
from caseflow.ledger.moves import splitting
from caseflow.ledger.report_tables import Report

_WHY = "家长补充说明：绊倒的地方是北操场，与南操场的跑道不是同一处，须另行核查。"


def split_off(s: Story, into: str) -> Script:
    """Taken for the same matter as another one, then found to be a further one, and signed for."""
    yield from merged(s, into)
    yield s.after(minutes=40)
    whole = s.session.get_one(Report, s.report_id).case_id
    part = splitting.split_off(s.session, s[s.handler], whole, [s.number], _WHY, s.at)
    s.case_id = part.id
    yield from path(s, "signed", after="accepted")
