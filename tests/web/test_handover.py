"""What one shift leaves to the next: on every desk of the office until somebody saw to it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

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


def many(site: Site, count: int) -> None:
    ring, me = site.rooms.ring, site.office["operator"]

    def leave_all(session: Session) -> None:
        for n in range(count):
            handover.leave(session, ring, me, f"留话{n:03d}", site.now)

    site.do(leave_all)


def test_what_waits_longest_is_shown_first_and_nothing_is_out_of_reach(site: Site) -> None:
    many(site, 60)
    desk = site.as_("handler").get("/console/desk")
    assert "上一班留的话 60" in desk.text
    page = site.as_("handler").get(PAGE)
    for shown in (desk, page):
        assert "留话000" in shown.text
        assert "留话050" not in shown.text
        assert "还有 10 条" in shown.text
    assert page.text.index("留话000") < page.text.index("留话049")
    rest = site.as_("handler").get(next(link for link in page.links if "after=" in link))
    assert "留话049" not in rest.text
    assert "留话059" in rest.text
    assert "还有" not in rest.text.partition("留话059")[2]
    assert "还没办的 60" in rest.text


@pytest.mark.parametrize("after", ["x", "-1", "99999999999999999999"])
def test_a_strange_place_in_the_list_breaks_nothing(site: Site, after: str) -> None:
    assert site.as_("operator").get(f"{PAGE}?after={after}").status in (200, 404)


def test_a_form_that_is_sent_twice_leaves_one_note(site: Site) -> None:
    page = site.as_("operator").get(PAGE)
    form = page.form(PAGE)
    for _ in range(2):
        sent = page.visit.sent(PAGE, {**form.fields, "text": SAID})
        assert "已留给下一班。" in sent.text
    assert len(site.ask(lambda s: s.scalars(select(ShiftNote)).all())) == 1
    other = page.visit.sent(PAGE, {**form.fields, "text": "另一句"})
    assert other.status == 422
    assert "先前已经留过话" in other.text
    assert other.form(PAGE).fields["text"] == ["另一句"]
    other.send(PAGE)
    assert len(site.ask(lambda s: s.scalars(select(ShiftNote)).all())) == 2


def test_a_line_end_counts_once(site: Site) -> None:
    """999 characters, of which a browser makes 1008."""
    page = left(site, "\r\n".join(["一" * 99] * 10))
    assert "已留给下一班。" in page.text
