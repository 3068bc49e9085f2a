"""Who is told that a document is to come before its date, and what became of it."""

from datetime import timedelta

from sqlalchemy import delete

from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import stepping_up
from caseflow.people.tables import Post
from tests.notices.desk import Desk, desk

__all__ = ["desk"]


def ask(desk: Desk, item_id: int) -> set[str]:
    said = (item_id, "circular", "conduct", "推诿")
    return desk.by(stepping_up.ask_step_up, "supervisor", *said)


def test_the_leader_is_told_and_the_asker_of_the_decision(desk: Desk) -> None:
    _, item = desk.dispatched()
    desk.told()
    assert ask(desk, item.id) == {"step_up > leader"}
    said = desk.by(stepping_up.refuse_step_up, "leader", item.id, "再等等")
    assert said == {"not_stepped_up > supervisor"}
    ask(desk, item.id)
    assert desk.by(stepping_up.step_up, "leader", item.id, "") == {"stepped_up > supervisor"}


def test_without_a_leaders_post_whoever_may_is_told_all_the_same(desk: Desk) -> None:
    desk.session.execute(delete(Post).where(Post.duty == "leader"))
    _, item = desk.dispatched()
    assert "step_up > leader" in ask(desk, item.id)
    assert sweep(desk.session, desk.now + timedelta(days=9)) > 0
