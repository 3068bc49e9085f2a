"""A number whose text messages were spam is blocked by whoever saw one, and let in again."""

from sqlalchemy import func, select

from caseflow.intake.filters.storms import FREE
from caseflow.intake.mail_tables import Blocked
from caseflow.intake.tables import Quarantine
from caseflow.ledger.report_tables import Report
from tests.telephone.calling import from_twilio
from tests.telephone.test_texts import DAD, MUM
from tests.telephone.twilio_api import FakeTwilio
from tests.web.public_door import reported
from tests.web.site import Page, Site

QUARANTINE = "/console/quarantine"
LIST = f"{QUARANTINE}/blocked"


def came(site: Site, twilio: FakeTwilio, number: str, words: str) -> None:
    from_twilio(site.app, twilio, "/hooks/sms/twilio", twilio.text(number, words))


def reports(site: Site) -> int:
    return site.ask(lambda s: s.scalar(select(func.count()).select_from(Report)) or 0)


def newest(site: Site) -> Quarantine:
    query = select(Quarantine).order_by(Quarantine.id.desc()).limit(1)
    return site.ask(lambda s: s.scalars(query).one())


def blocked(site: Site, twilio: FakeTwilio) -> Page:
    """Let a number send far too much, and an operator block it; return the list."""
    for n in range(FREE + 2):
        came(site, twilio, MUM, f"办证请回电，第 {n} 条")
    there = f"{QUARANTINE}/{newest(site).id}"
    unseen = site.as_("operator").get(there).send(f"{there}/spam", spam="广告")
    assert (unseen.status, "请先查看原件" in unseen.text) == (422, True)
    page = unseen.send(f"{there}/look", reason="看是不是广告")
    assert "作为垃圾短信拦截" in page.text
    assert "拦截整个域名" not in page.text
    page.send(f"{there}/spam", spam="广告")
    return site.as_("operator").get(LIST)


def test_a_number_is_blocked_listed_and_let_in_again(wired: Site, twilio: FakeTwilio) -> None:
    listed = blocked(wired, twilio)
    assert "***5678" in listed.text
    assert "13912345678" not in listed.html
    entry = wired.ask(lambda s: s.scalars(select(Blocked)).one())
    assert b"5678" not in entry.sealed
    before = reports(wired)
    came(wired, twilio, MUM, "办证请回电，再来一条")
    assert (newest(wired).state, newest(wired).reason) == ("discarded", "发件人在拦截名单中")
    came(wired, twilio, DAD, "食堂的菜里有虫")
    assert reports(wired) == before + 1, "another number is let in"
    wired.later(hours=3)
    listed.send(f"{LIST}/{entry.id}/lift")
    came(wired, twilio, MUM, "食堂的菜里有虫，这次是真的")
    assert reports(wired) == before + 2


def test_who_proves_a_case_is_let_into_it_all_the_same(wired: Site, twilio: FakeTwilio) -> None:
    got = reported(wired, text="食堂的菜里有虫，孩子肚子疼，请查一查")
    blocked(wired, twilio)
    wired.later(hours=3)
    before = reports(wired)
    came(wired, twilio, MUM, f"{got.number} {got.code} 又有虫了")
    assert reports(wired) == before + 1
