"""An inspector who is gone leaves nothing that nobody can finish: another one is sent."""

import pytest
from sqlalchemy import func, select

from caseflow.outbox.tables import Event
from caseflow.people.tables import User
from tests.notices.watch import Watch
from tests.web.site import Site, a_file
from tests.web.walking import dispatched, item_of, on_case, on_item


@pytest.fixture
def gone(site: Site) -> str:
    """A complaint that an inspector was verifying in person when the account was closed."""
    number = dispatched(site, "school")
    on_item(
        site, "supervisor", number, "reassign", inspector=person(site, "inspector"), reason="重要"
    )
    on_item(site, "handler", number, "sign_for")
    closed(site, "inspector")
    return number


def person(site: Site, name: str) -> str:
    return str(site.office[name].person)


def closed(site: Site, name: str) -> None:
    site.do(lambda s: setattr(s.get_one(User, site.office[name].person), "active", False))


def another(site: Site) -> int:
    """Let there be another inspector, in place of the auditor."""

    def become(session: object) -> int:
        user = session.get_one(User, site.office["auditor"].person)  # type: ignore[attr-defined]
        user.role = "inspector"
        return int(user.id)

    return site.do(become)


def test_another_inspector_goes_on_where_the_first_one_left(site: Site, gone: str) -> None:
    successor = another(site)
    on_item(site, "supervisor", gone, "reassign", inspector=str(successor), reason="原督学调离")
    item = item_of(site, gone)
    assert (item.inspector_id, item.state) == (successor, "verifying")
    page = site.as_("auditor").get("/unit/")
    assert f"/unit/items/{item.id}" in page.links
    page = site.as_("auditor").get(f"/unit/items/{item.id}")
    page = page.send(f"/unit/items/{item.id}/evidence", evidence=a_file())
    assert page.status == 200
    told = site.as_("supervisor").get(f"/console/cases/{gone}").text
    assert "改派责任督学：测试auditor" in told
    assert "原督学调离" in told


def test_whoever_is_sent_is_told_and_whoever_had_it_and_nobody_else(site: Site) -> None:
    number = dispatched(site, "school")
    before = site.ask(lambda s: s.scalar(select(func.max(Event.id))))
    on_item(
        site, "supervisor", number, "reassign", inspector=person(site, "inspector"), reason="重要"
    )
    with site.database.transaction() as session:
        told = Watch(session, before).told()
    assert told == {"dispatched > inspector", "taken_away > school"}


def test_an_inspector_reads_where_to_go_and_the_office_for_whom_it_waits(site: Site) -> None:
    number = dispatched(site, "school")
    inspector = person(site, "inspector")
    on_item(site, "supervisor", number, "reassign", inspector=inspector, reason="重要")
    page = site.as_("inspector").get(f"/unit/items/{item_of(site, number).id}")
    assert "核查单位： 测试school" in page.text
    told = site.as_("handler").get(f"/console/cases/{number}").text
    assert "等待：责任督学 测试inspector 签收" in told
    assert "交办内容（责任督学看到的全部）" in told


def test_the_unit_holds_it_no_longer(site: Site) -> None:
    number = dispatched(site, "school")
    item = item_of(site, number).id
    assert site.as_("school").get(f"/unit/items/{item}").status == 200
    on_item(
        site, "supervisor", number, "reassign", inspector=person(site, "inspector"), reason="重要"
    )
    assert site.as_("school").get(f"/unit/items/{item}").status == 404


def test_only_an_inspector_who_need_not_keep_away_is_sent(site: Site, gone: str) -> None:
    path = f"/console/items/{item_of(site, gone).id}/reassign"
    supervisor = site.as_("supervisor")
    page = supervisor.get(f"/console/cases/{gone}")
    assert not page.offers(path), "there is nobody to send"
    for who in ("handler", "inspector", "reviewer"):
        answer = supervisor.post(path, inspector=person(site, who), reason="调岗")
        assert answer.status == 422
    assert site.as_("handler").post(path, inspector="1", reason="调岗").status == 403
    successor = another(site)
    admin, unit = site.as_("administrator"), str(site.office.units["school"])
    admin.post(f"/console/people/{successor}/recuse", away_from=unit, why="亲属")
    on_case(site, "handler", gone, "name_unit", unit="测试school", reason="来件所述")
    answer = supervisor.post(path, inspector=str(successor), reason="调岗")
    assert answer.status == 422
    assert item_of(site, gone).inspector_id == site.office["inspector"].person
