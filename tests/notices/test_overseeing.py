"""Who is told that a matter came back too often, and what the level above said."""

from sqlalchemy import delete

from caseflow.ledger.moves import closing, overseeing, triage
from caseflow.people.tables import Post
from tests import office as offices
from tests.notices.desk import Desk, desk
from tests.notices.test_deciders import urged

__all__ = ["desk"]


def test_the_level_above_learns_it_and_those_below_what_it_said(desk: Desk) -> None:
    case, _ = desk.case()
    desk.by(triage.accept, "handler", case.id)
    told = set[str]()
    for _ in range(3):
        desk.by(triage.decline, "supervisor", case.id, "不归本办")
        told = desk.by(closing.reopen, "supervisor", case.id, "应当受理")
    assert told == {"reopened > handler", "oversight > city"}
    said = desk.by(overseeing.oversee, "city", case.id, "一周内报结果")
    assert said == {"overseen > handler", "overseen > supervisor"}


def test_silence_above_climbs_above_and_nobody_below_is_told(desk: Desk) -> None:
    """Who looks into it, their leader, the level above them: here all that there is of the city."""
    case, _ = desk.case()
    for _ in range(3):
        desk.by(triage.decline, "supervisor", case.id, "不归本办")
        desk.by(closing.reopen, "supervisor", case.id, "应当受理")
    assert urged(desk, "oversee") == [{"rung > city"}] * 4


def test_a_vacant_post_leads_to_whoever_may_all_the_same(desk: Desk) -> None:
    desk.session.execute(delete(Post).where(Post.area_code == offices.CITY))
    case, _ = desk.case()
    told = set[str]()
    for _ in range(3):
        desk.by(triage.decline, "supervisor", case.id, "不归本办")
        told |= desk.by(closing.reopen, "supervisor", case.id, "应当受理")
    assert "oversight > city" in told
