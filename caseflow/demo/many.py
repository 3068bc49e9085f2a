"""Courses in which several people write about one matter, or one writes about two."""

from collections.abc import Sequence

from sqlalchemy import select

from caseflow.demo.scripts import path
from caseflow.demo.story import Story
from caseflow.demo.timeline import Script
from caseflow.ledger.moves import gathering, splitting
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case

_ONE_MATTER = "同一天同一批盒饭，几位家长先后反映，并案一起查。"
_TWO_MATTERS = "信里讲了两件事：校车超员归安全，延时托管收费归收费，分别核查、分别答复。"


def a_wave(s: Story, of: Sequence[str]) -> Script:
    """Accepted; those of other parents who wrote the same are merged into it at once. Whoever
    writes later is suggested on its page.
    """
    yield from path(s, "received")
    yield s.after(minutes=7)
    s.accept()
    yield s.after(minutes=3)
    keys = Report.channel_key.in_([f"demo-{key}" for key in of])
    query = select(Case.number, Case.head_n).join(Report, Report.case_id == Case.id).where(keys)
    seen = dict(s.session.execute(query).all())
    gathering.gather(s.session, s[s.handler], s.case_id, seen, _ONE_MATTER, s.at)


def two_matters(s: Story, other: str) -> Script:
    """Accepted; the other matter of the letter becomes a case with a number and answer of its
    own.
    """
    yield from path(s, "received")
    yield s.after(minutes=3)
    s.accept()
    yield s.after(minutes=2)
    me, letter = s[s.handler], [s.number]
    splitting.split_off(
        s.session, me, s.case_id, [], _TWO_MATTERS, s.at, shared=letter, matter=other
    )
