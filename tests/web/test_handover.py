"""What one shift leaves to the next: on every desk of the office until somebody saw to it."""

import pytest
from sqlalchemy import select

from caseflow.crypto.keys import SealBroken
from caseflow.intake import handover
from caseflow.intake.tables import ShiftNote
from tests.web.site import Page, Site

PAGE = "/console/desk/handover"
SAID = "王女士下午四点再打来，要录音"


def left(site: Site, text: str = SAID, who: str = "operator") -> Page:
    return site.as_(who).get(PAGE).send(PAGE, text=text)


def note_id(site: Site) -> int:
    return site.ask(lambda s: s.scalars(select(ShiftNote.id)).one())


def test_a_note_stands_on_every_desk_until_it_is_done(site: Site) -> None:
    page = left(site)
    assert "已留给下一班。" in page.text
    site.later(hours=3)
    desk = site.as_("handler").get("/console/desk")
    assert SAID in desk.text
    assert "测试operator · 3月3日(周二) 10:00" in desk.text
    assert SAID in site.as_("handler").get("/console/desk/owed").text
    done = f"{PAGE}/{note_id(site)}/done"
    page = site.as_("handler").get(PAGE).send(done)
    assert "已划掉。" in page.text
    assert "测试handler 划掉，3月3日(周二) 13:00" in page.text
    assert SAID not in site.as_("operator").get("/console/desk").text
    again = site.as_("operator").post(done)
    assert again.status == 409
    assert "已经有人划掉了" in again.text


def test_an_empty_page_says_what_it_is_for(site: Site) -> None:
    assert "上一班没有留话" in site.as_("operator").get(PAGE).text
    assert "没有留话。" in site.as_("operator").get("/console/desk").text


@pytest.mark.parametrize(("text", "told"), [("  ", "请填写这一项"), ("长" * 1001, "最多 1000 字")])
def test_what_cannot_be_kept_is_given_back(site: Site, text: str, told: str) -> None:
    page = left(site, text)
    assert page.status == 422
    assert told in page.text
    assert page.form(PAGE).fields["text"] == [text.strip()]
    assert site.ask(lambda s: s.scalars(select(ShiftNote)).all()) == []


def test_a_note_is_the_offices_own_and_lies_sealed(site: Site) -> None:
    left(site)
    assert SAID not in site.as_("stranger").get(PAGE).text
    refused = site.as_("stranger").post(f"{PAGE}/{note_id(site)}/done")
    assert refused.status == 404
    sealed = site.ask(lambda s: s.scalars(select(ShiftNote.sealed)).one())
    assert SAID.encode() not in sealed


def test_a_note_opens_in_no_other_place(site: Site) -> None:
    left(site)

    def swap(session: object) -> None:
        note = session.scalars(select(ShiftNote)).one()  # type: ignore[attr-defined]
        other = ShiftNote(area_code=note.area_code, user_id=note.user_id, at=note.at)
        other.sealed = note.sealed
        session.add(other)  # type: ignore[attr-defined]

    site.do(swap)
    area, ring = site.office["operator"].area, site.rooms.ring
    with pytest.raises(SealBroken):
        site.ask(lambda s: handover.waiting(s, ring, area))


def test_the_desk_costs_the_same_however_much_was_left(site: Site) -> None:
    for n in range(3):
        left(site, f"第 {n} 条")
    assert site.as_("operator").get("/console/desk").text.count("测试operator ·") == 3
