"""One matter seen once: at the desk, on the case page, on the page of a wave; never outside."""

import re

from sqlalchemy import select

from caseflow.ledger.moves import closing, triage
from caseflow.ledger.tables import Case
from tests.ledger.saying import said
from tests.web.public_door import reported, statements
from tests.web.site import Page, Site
from tests.web.test_desk import desk
from tests.web.test_desk_known import known
from tests.web.walking import state

WAVE = "食堂的菜里有虫，孩子吃了两天肚子疼，请查一查进货和卫生，不能再拖了。"


def wave(site: Site, many: int, **more: object) -> list[str]:
    where = {"unit": site.office.units["school"], "category": "food", **more}
    return site.do(
        lambda s: [said(s, site.now, f"{WAVE}第{n}位", **where).number for n in range(many)]
    )


def test_what_is_typed_at_the_desk_finds_what_was_said_before(site: Site) -> None:
    first, _ = wave(site, 2)
    page = desk(site)
    shown = known(page, text=f"您好，{WAVE}")
    assert first in shown
    assert re.search(r"文字相近 \d+%", shown)
    both = known(page, text=WAVE, unit="测试school", category="food")
    assert both.count(f'href="/console/cases/{first}"') == 1
    assert "同一单位、同类问题，相隔 30 天以内" in both
    assert first not in known(page, text="操场的跑道气味刺鼻，孩子上完体育课头晕。")
    assert first not in known(site.as_("stranger").get("/console/desk"), text=WAVE)


def test_a_wave_is_merged_with_one_click_and_undone_with_one(site: Site) -> None:
    first, *others = wave(site, 5)
    page = site.as_("handler").get(f"/console/cases/{first}")
    assert "同一单位、同类问题" in page.text
    page = page.visit.get(f"/console/cases/{first}/same")
    form = page.form(f"/console/cases/{first}/gather")
    assert {one.partition(":")[0] for one in form.fields["cases"]} == set(others)
    page = page.send(f"/console/cases/{first}/gather")
    assert f"已把 4 个办件并入 {first}" in page.text
    assert {state(site, one) for one in others} == {"merged"}
    page = page.send(f"/console/cases/{first}/scatter")
    assert "已恢复 4 个办件" in page.text
    assert {state(site, one) for one in others} == {"received"}


def test_a_wave_goes_into_the_oldest_case_unless_another_is_chosen(site: Site) -> None:
    first, middle, last = wave(site, 3)
    page = site.as_("handler").get(f"/console/cases/{middle}/same")
    form = page.form(f"/console/cases/{middle}/gather")
    assert form.fields["into"][0].partition(":")[0] == first
    done = page.send(f"/console/cases/{middle}/gather")
    assert f"已把 2 个办件并入 {first}" in done.text
    assert [state(site, one) for one in (first, middle, last)] == ["received", "merged", "merged"]
    done = done.send(f"/console/cases/{first}/scatter")
    fields = form.fields | {"into": [f"{first}:1"]}
    assert page.visit.sent(f"/console/cases/{middle}/gather", fields).status == 409  # moved since
    page = site.as_("handler").get(f"/console/cases/{last}/same")
    form = page.form(f"/console/cases/{last}/gather")
    [head] = form.fields["head_n"]
    done = page.visit.sent(
        f"/console/cases/{last}/gather", form.fields | {"into": [f"{last}:{head}"]}
    )
    assert f"已把 2 个办件并入 {last}" in done.text
    assert state(site, first) == "merged"
    own = done.html.partition('class="prose same-text"')[2].partition("</p>")[0]
    assert own.endswith(f"{WAVE}第2位"), "another parent's words under this number"


def test_what_cannot_be_merged_is_said_and_nothing_is(site: Site) -> None:
    first, other = wave(site, 2)
    [asked] = wave(site, 1, kind="question")
    page = site.as_("handler").get(f"/console/cases/{first}/same")
    assert "诉求类型不同" in page.text
    path = f"/console/cases/{first}/gather"
    fields = {**page.form(path).fields, "cases": [f"{other}:1", f"{asked}:1"]}
    answer = page.visit.sent(path, fields)
    assert (answer.status, state(site, other)) == (422, "received")
    assert f"{asked}：" in answer.text
    answer = page.visit.sent(path, {**fields, "cases": []})
    assert "请至少选一个办件" in answer.text
    assert page.visit.sent(f"/console/cases/{first}/scatter", fields).status == 404
    assert site.as_("auditor").get(f"/console/cases/{first}/same").status == 403
    assert "可能是同一件事" not in site.as_("auditor").get(f"/console/cases/{first}").text


def test_what_waits_for_the_level_above_is_no_part_of_a_wave(site: Site) -> None:
    first, other, held = wave(site, 3)
    boss, ids = site.office["supervisor"], {}
    for number in (first, held):
        ids[number] = site.ask(lambda s, n=number: s.scalar(select(Case.id).filter_by(number=n)))
    n = ids[held]
    for _ in range(3):
        site.do(lambda s: triage.decline(s, boss, n, "不归本办", site.now))
        site.do(lambda s: closing.reopen(s, boss, n, "应当受理", site.now))
    site.do(lambda s: triage.accept(s, boss, ids[first], site.now))
    head = site.ask(lambda s: s.get_one(Case, n).head_n)
    path = f"/console/cases/{first}"
    page = site.as_("handler").get(f"{path}/same")
    offered = page.form(f"{path}/gather").fields["cases"]
    assert [one.partition(":")[0] for one in offered] == [other]
    assert "多次退回，正等上一级写明督办意见，之后才能并入别的办件" in page.text
    fields = {**page.form(f"{path}/gather").fields, "cases": [f"{held}:{head}"]}
    answer = page.visit.sent(f"{path}/gather", fields)
    assert (answer.status, state(site, held)) == (409, "accepted")
    assert f"{held}：多次退回" in answer.text
    rows = site.as_("handler").get(f"/console/cases/{held}/same")
    assert not [link for link in rows.links if "?into=" in link]


def test_a_suggestion_leads_to_the_move_that_merges(site: Site) -> None:
    first, second = wave(site, 2)
    page = site.as_("handler").get(f"/console/cases/{second}")
    path = f"/console/cases/{second}?into={first}"
    assert any(path in link for link in page.links)
    page = page.visit.get(path)
    assert page.form(f"/console/cases/{second}/merge").fields["into"] == [first]


# Law 10

_CHANGING = re.compile(
    r"\d{6}-\d{8}-\d{4,}|<span>\d{4}</span>|(?:\d{4} ){3}\d{4}|"
    r'value="[\w.\-]{16,}"|[\w\-]{24,}'
)
_CHOICE = re.compile(r'\s*<option value="\d+"(?: selected)?>(测试\w+|@)</option>\s*')


def test_a_stranger_learns_nothing_from_naming_a_reported_school(site: Site) -> None:
    """Pages, headers and statements are the same for a school that forty wrote about and for one
    that nobody did, but for its name and what is new on every page.
    """
    wave(site, 12)
    site.nobody().get("/report")  # its lists are read once for both
    seen = [_told(site, name) for name in ("school", "branch")]
    for reported_one, clean in zip(*seen, strict=True):
        assert reported_one == clean
    assert len(seen[0]) == 5


def _told(site: Site, name: str) -> list[tuple[str, dict[str, str], list[str]]]:
    """Return what a stranger gets who names a school in every way there is."""
    unit, visit, answers = str(site.office.units[name]), site.nobody(), []

    def heard(page: Page, sent: list[str]) -> None:
        body = _CHANGING.sub("#", page.html).replace(f"测试{name}", "@")
        body = _CHOICE.sub("", body)  # the list of all units, the same but for where @ stands
        headers = {key: _CHANGING.sub("#", said) for key, said in page.response.headers.items()}
        new = ("Content-Length", "Set-Cookie", "X-Request-Id")
        headers = {key: said for key, said in headers.items() if key not in new}
        answers.append((body, headers, [re.sub(r"\s+", " ", one) for one in sent]))

    typed = {"kind": "complaint", "category": "food", "unit": unit, "text": f"测试{name}{WAVE}"}
    with statements(site) as sent:
        page = visit.get(f"/report?unit={unit}&q=测试{name}")
    heard(page, sent)
    with statements(site) as sent:
        wrong = page.send("/report", **{**typed, "kind": ""})
    heard(wrong, sent)
    with statements(site) as sent:
        done = visit.get("/report").send("/report", **typed)
    heard(done, sent)
    for path in (f"/track?q=测试{name}", f"/?q=测试{name}"):
        with statements(site) as sent:
            page = visit.get(path)
        heard(page, sent)
    return answers


def test_the_form_asks_nothing_about_earlier_reports(site: Site) -> None:
    """Keeping a sketch writes; nothing that a stranger's request does reads one."""
    wave(site, 3)
    with statements(site) as sent:
        reported(site, text=WAVE, unit=str(site.office.units["school"]))
    of_sketches = [one for one in sent if "sketch" in one]
    assert [one.split()[0] for one in of_sketches] == ["INSERT"]
