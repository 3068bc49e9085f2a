"""Two circulars of the demo office: one signed and published, one that waits for its check."""

from datetime import datetime, timedelta

from caseflow.clock import Period, local
from caseflow.demo.story import Stage
from caseflow.publishing import circulars, drafting
from caseflow.publishing.circular_states import CHECKS


def make(stage: Stage, now: datetime) -> None:
    """Draft both from what ran out; the older one is checked, signed and published."""
    session, boss, leader = stage.session, stage.people["supervisor"], stage.people["leader"]
    today = local(now).date()
    at = now - timedelta(hours=3)
    older = Period(today - timedelta(days=44), today - timedelta(days=15))
    first = drafting.draft_lateness(session, boss, older, at)
    reviewer = stage.people["reviewer"]
    circulars.check(session, reviewer, first.id, CHECKS[first.kind], at + timedelta(minutes=20))
    circulars.issue(session, leader, first.id, at + timedelta(minutes=50))
    circulars.publish(session, leader, first.id, at + timedelta(minutes=55))
    newer = Period(today - timedelta(days=14), today - timedelta(days=1))
    drafting.draft_lateness(session, boss, newer, now - timedelta(hours=1))
