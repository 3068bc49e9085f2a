"""Who is told that a unit is asked to assist, answered, is late, or was released."""

from datetime import timedelta

from sqlalchemy import select

from caseflow.escalation.sweep import sweep
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.moves import assisting, objecting
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.tables import Item
from tests.notices.desk import Desk, desk
from tests.notices.watch import drafted

__all__ = ["desk"]


def asks(desk: Desk, item: Item) -> set[str]:
    to = desk.office.units["academy"]
    return desk.by(assisting.ask_assistance, "handler", item.id, to, "请提供明细")


def test_the_unit_is_asked_the_handler_hears_its_answer_and_the_lead_once_shared(
    desk: Desk,
) -> None:
    _, item = desk.dispatched()
    desk.told()
    assert asks(desk, item) == {"assistance > academy"}
    text = drafted(desk.session)[-1].text
    [row] = desk.session.scalars(select(Assistance))
    assert f"/unit/assistance/{row.id}" in text
    assert "期限：" in text
    assert "明细" not in text
    answered = desk.by(assisting.answer_assistance, "academy", item.id, "明细如下")
    assert answered == {"assisted > handler"}
    to = desk.office.units["academy"]
    assert desk.by(assisting.share_assistance, "handler", item.id, to) == {"shared > school"}


def test_the_handler_hears_what_somebody_else_was_told_by_telephone(desk: Desk) -> None:
    _, item = desk.dispatched()
    desk.told()
    asks(desk, item)
    academy, now = desk.office.units["academy"], desk.now
    said = (item.id, academy, "明细如下", "王会计", now)
    heard = desk.by(assisting.record_assistance, "supervisor", *said)
    assert heard == {"assisted > handler"}
    assert "王会计" not in drafted(desk.session)[-1].text


def test_who_is_released_is_told_and_so_is_who_leads_from_now_on(desk: Desk) -> None:
    _, item = desk.dispatched()
    desk.told()
    asks(desk, item)
    academy = desk.office.units["academy"]
    released = desk.by(assisting.release_assistance, "handler", item.id, academy, "不需要了")
    assert released == {"released > academy"}
    asks(desk, item)
    desk.by(objecting.object_to, "school", item.id, "不归我们管")
    to = Dispatch(academy, "请核查")
    assert "released > academy" in desk.by(objecting.dispatch_anew, "supervisor", item.id, to)


def test_silence_is_the_assisting_units_and_not_the_leads(desk: Desk) -> None:
    _, item = desk.dispatched("section")
    desk.told()
    asks(desk, item)
    desk.now += timedelta(days=7)
    while sweep(desk.session, desk.now):
        pass
    [row] = desk.session.scalars(select(Assistance))
    urged = [one for one in drafted(desk.session) if f"/unit/assistance/{row.id}" in one.text]
    assert [one.rule for one in urged] == ["assistance", "rung"]
    assert "rung > academy" in desk.told()
