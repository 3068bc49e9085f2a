"""What a page owes to whoever looks at it once: the doors, the order, the shape, the next step."""

import re

import pytest
from flask import render_template_string
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.tables import Event
from tests.web.site import Page, Site
from tests.web.test_desk import DESK, desk, put_draft
from tests.web.walking import dispatched, on_case, open_case, submitted


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One kind is enough: nothing but the look of a page is asked about."""
    return sqlite_database


def order_of(page: Page, *marks: str) -> list[str]:
    """Return marks in the order in which they come up in a page; each must."""
    assert [mark for mark in marks if mark not in page.html] == []
    return sorted(marks, key=page.html.index)


def test_the_front_page_has_two_doors_and_answers_four_questions_before_all_else(
    site: Site,
) -> None:
    page = site.nobody().get("/")
    first = page.html.partition('<div class="front">')[2].partition('<div class="wide">')[0]
    assert re.findall(r'<a class="btn [^"]*" href="([^"]+)"', first) == ["/report", "/track"]
    assert len(re.findall(r"<dt>", first)) == 4


def test_the_form_asks_in_the_order_in_which_people_think(site: Site) -> None:
    """What, where, when, what happened, the proof, and who they are last of all."""
    fields = ("kind", "unit", "happened_when", "text", "files", "contact", "name")
    marks = tuple(f' name="{field}"' for field in fields)
    assert order_of(site.nobody().get("/report"), *marks) == list(marks)


LEVELS = {"ok": "●正常", "soon": "◐临期", "overdue": "▲超期", "paused": "‖已暂停", "met": "✓已完成"}


@pytest.mark.parametrize("level", LEVELS)
def test_a_clock_is_a_shape_and_a_word_and_never_a_colour_alone(site: Site, level: str) -> None:
    drawn = (
        "{% from 'components/clock.html' import clock_chip, clock_short %}"
        "{{ clock_chip(clock) }}|{{ clock_short(clock) }}"
    )
    clock = {"level": level, "label": "整改期限", "text": "3月6日(周五) 24:00，剩 2 个工作日"}
    with site.app.test_request_context("/"):
        html = render_template_string(drawn, clock=clock)
    for one in html.split("|"):
        assert LEVELS[level] in re.sub(r"<[^>]+>", "", one)
        assert '<span class="clock-shape" aria-hidden="true">' in one
    assert clock["text"] in html.partition("|")[0]


def test_a_case_page_has_one_next_step_and_the_rest_in_a_menu(site: Site) -> None:
    seen = [open_case(site), open_case(site), dispatched(site), submitted(site)]
    on_case(site, "handler", seen[1], "accept")
    for who in ("handler", "supervisor"):
        for number in seen:
            page = site.as_(who).get(f"/console/cases/{number}")
            head = page.html.partition('<div class="moves">')[2].partition("</header>")[0]
            assert len(re.findall(r"move-primary|btn btn-primary\" href", head)) <= 1
            assert "more-moves" in head
    first = site.as_("handler").get(f"/console/cases/{seen[0]}").html
    assert "move-primary" in first


def test_what_cannot_be_undone_says_so_before_it_can_be_pressed(site: Site) -> None:
    """Folded away, under a sentence: a draft with what was typed, and an event that nobody gets."""
    put_draft(desk(site), text="说到一半")
    drop = desk(site)
    nonce = drop.form(DESK).fields["nonce"][0]
    dispatched(site)
    event_id = site.do(dead_event)
    outbox = site.as_("administrator").get("/console/outbox")
    for page, action, told in (
        (drop, f"{DESK}/draft/{nonce}/drop", "找不回来"),
        (outbox, f"/console/outbox/events/{event_id}/discard", "不能恢复"),
    ):
        before, _, form = page.html.partition(f'action="{action}"')
        folded = before[before.rindex("<details") :]
        assert "</details>" not in folded
        assert told in folded + form.partition("<button")[0]


def dead_event(session: Session) -> int:
    event = session.scalars(select(Event).where(Event.expanded_at.is_(None))).first()
    assert event is not None
    event.dead_at = event.at
    event.error = "NoPolicy"
    return event.id
