"""From each door to the closed case, by pages alone, on both databases."""

from collections.abc import Callable
from io import BytesIO

import pytest

from caseflow.intake import texts
from caseflow.intake.channels import sms
from caseflow.intake.delivery import deliver
from tests.web.public_door import letter, reported
from tests.web.site import Site
from tests.web.test_desk import log, newest
from tests.web.walking import item_of, on_case, on_item, state, submit

MAIL = (
    b"From: parent@mail.example\r\nTo: office@mail.example\r\nMessage-ID: <1@mail.example>\r\n"
    b"Subject: canteen\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
)
PLEASED = {"reached": "yes", "solved": "yes", "satisfied": "yes"}


def by_form(site: Site) -> str:
    got = reported(
        site,
        kind="tip",
        text="年级主任组织有偿补课",
        unit=site.office.units["school"],
        contact="none",
    )
    assert "举报" in letter(site, got).text
    return newest(site).number


def by_mail(site: Site) -> str:
    outcome = deliver(site.rooms, BytesIO(MAIL + "投诉：食堂饭菜不新鲜。".encode()), site.now)
    return outcome.case


def by_text(site: Site) -> str:
    said = {"id": "1", "from": "13912345678", "text": "投诉：食堂饭菜不新鲜。"}
    texts.deliver(site.rooms, sms.original("gateway", said), site.now)
    return newest(site).number


def at_the_desk(channel: str, kind: str, **more: str) -> Callable[[Site], str]:
    def come_in(site: Site) -> str:
        log(site, channel, kind=kind, **more)
        return newest(site).number

    return come_in


DOORS = {
    "webform": by_form,
    "mailbox": by_mail,
    "text": by_text,
    "telephone": at_the_desk("telephone", "complaint"),
    "window": at_the_desk("window", "help"),
    "letter": at_the_desk("letter", "suggestion", address="临溪路 3 号"),
    "handed_down": at_the_desk("handed_down", "question", sender="市信访局", sender_number="12"),
}
WITHOUT_ITEMS = ("letter", "handed_down")


@pytest.mark.parametrize("door", DOORS)
def test_what_comes_in_by_a_door_is_closed_by_pages(site: Site, door: str) -> None:
    number = DOORS[door](site)
    assert newest(site).channel == door
    on_case(site, "handler", number, "accept")
    if door in WITHOUT_ITEMS:
        on_case(site, "handler", number, "conclude")
    else:
        _through_its_item(site, number)
    assert state(site, number) == "replying"
    page = on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    if state(site, number) == "calling_back":
        page = on_case(site, "operator", number, "call_back", **PLEASED)
    assert state(site, number) == "closed"
    assert "已办结" in page.text


def _through_its_item(site: Site, number: str) -> None:
    on_case(site, "handler", number, "split", matters="核查有无此事")
    on_item(site, "handler", number, "dispatch", unit="测试section", text="请核查")
    on_item(site, "handler", number, "sign_for")
    found = {"result": "substantiated", "basis": "属实", "rectifying_unit": "测试section"}
    on_item(site, "handler", number, "find", **found)
    submit(site, number)
    on_item(site, "reviewer", number, "strike_off", remark="照片清楚")
    assert item_of(site, number).state == "struck_off"
