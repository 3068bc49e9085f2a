"""Files of inquiry over HTTP: opened by the level that issued, taken step by step, on paper."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.escalation import accountability, accountability_reading, accountability_record
from caseflow.escalation.accountability_states import UNDECIDED, WAY
from caseflow.escalation.accountability_tables import AccountabilityEvidence, AccountabilityFile
from caseflow.paper.sheets import Sheet
from caseflow.people.scope import scope_of
from caseflow.web import inquiry_paper
from caseflow.web.console.inquiry_pages import report
from caseflow.web.locale import in_chinese
from caseflow.words import ACCOUNTABILITY_HEARINGS
from tests.ledger.inquiries import SAID, WHO, add_city, proposed
from tests.pictures import PLACE, photo
from tests.web.forms import Form
from tests.web.site import PNG, Page, Site, a_file
from tests.web.test_office_pieces import sent

ORDERS = "/console/orders"
FILE = "/console/inquiries/1"
PIECES = "/console/inquiries/pieces"
UNSAID = "问责"


@pytest.fixture
def order(site: Site) -> str:
    """The path of a proposal that the city issued; forty days have passed."""

    def work(session: Session) -> tuple[int, object]:
        add_city(session, site.office)
        made, now = proposed(session, site.office, site.now)
        return made.id, now

    order_id, _ = site.do(work)
    site.later(days=40)
    return f"{ORDERS}/{order_id}"


def opened(site: Site, order: str) -> Page:
    return site.as_("city").get(order).send(f"{order}/inquiry")


def step_of(form: Form) -> str:
    [step] = form.fields.get("step", ["decision_made"])
    return step


def takes(site: Site, move: str, who: str = "", **typed: object) -> Page:
    """Let somebody take a step by the form of the page, with the usual words but for `typed`."""
    action = f"{FILE}/{'decide' if move == 'decision_made' else 'step'}"
    page = site.as_(who or WHO[move]).get(FILE)
    form = next(one for one in page.forms if one.action == action and step_of(one) == move)
    said = {name: getattr(SAID[move], name) for name in ("text", "people", "choice")}
    filled = {name: value for name, value in said.items() if value and name in form.names}
    return page.visit.sent(action, {**form.fields, **filled, **typed})


def on_the_way(site: Site, order: str, last: str) -> None:
    opened(site, order)
    for move in WAY[: WAY.index(last) + 1]:
        site.later(days=8 if move == "hearing_recorded" else 1)
        assert takes(site, move).status == 200


def file(site: Site) -> AccountabilityFile:
    return site.ask(lambda session: session.get_one(AccountabilityFile, 1))


def steps_offered(page: Page) -> set[str]:
    return {step_of(form) for form in page.forms if FILE in form.action}


def test_a_file_is_opened_from_the_page_of_the_document_by_who_issued_it(
    site: Site, order: str
) -> None:
    for who in ("supervisor", "leader", "auditor", "handler", "stranger"):
        assert not site.as_(who).get(order).offers(f"{order}/inquiry")
    assert site.as_("supervisor").post(f"{order}/inquiry").status == 403
    assert site.as_("stranger").post(f"{order}/inquiry").status == 404
    form = site.as_("city").get(order)
    page = form.send(f"{order}/inquiry")
    assert (page.path, "待核实" in page.text) == (FILE, True)
    assert form.send(f"{order}/inquiry").status == 409
    again = site.as_("city_leader").get(order)
    assert FILE in again.links
    assert not again.offers(f"{order}/inquiry")
    assert FILE in site.as_("city").get(ORDERS).links
    assert FILE not in site.as_("supervisor").get(order).links, "a file of the level above"
    assert FILE not in site.as_("supervisor").get(ORDERS).links


def test_the_page_asks_for_the_next_step_only_and_tells_what_was_recorded(
    site: Site, order: str
) -> None:
    page = opened(site, order)
    for move in WAY[:4]:
        assert steps_offered(page) == {move, "file_discontinued"}
        site.later(days=8 if move == "hearing_recorded" else 1)
        page = takes(site, move)
        assert SAID[move].text in page.text
    assert steps_offered(page) == {"file_discontinued"}
    assert "由分管领导作出决定" in page.text
    assert steps_offered(site.as_("city_leader").get(FILE)) == {"decision_made"} | {
        "file_discontinued"
    }
    for move in WAY[4:]:
        page = takes(site, move)
    assert steps_offered(page) == {"decision_review_asked", "decision_appealed"}
    assert "单位可以不经复核直接申诉到 2026年5月8日" in page.text
    assert "救济期限还没有满" in page.text
    for said in ("问责约谈", "单位可以申请复核到", "事实清楚，情节较轻", "一致认为情况属实"):
        assert said in page.text
    site.later(days=40)
    page = takes(site, "file_closed")
    assert (steps_offered(page), "已结卷" in page.text) == (set(), True)
    assert FILE not in site.as_("city").get(ORDERS).links
    assert FILE in site.as_("city").get(order).links


def set_as(site: Site, name: str) -> Sheet:
    """Return a paper of the file as it is set."""

    def work(session: Session) -> Sheet:
        scope = scope_of(site.office["city"])
        found = accountability_reading.whole(session, scope, 1)
        at = inquiry_paper.said_at(found, name)
        limits = accountability.limits(session, found.file, inquiry_paper.LIMITS, at)
        return inquiry_paper.sheet(found, name, "市办", limits)[0]

    return site.ask(work)


def test_a_paper_that_is_held_back_is_opened_with_a_reason_and_by_nobody_else(
    site: Site, order: str
) -> None:
    opened(site, order)
    page = takes(site, "inquiry_recorded", evidence=a_file("笔录.jpg", photo()))
    [path] = [link for link in page.links if link.endswith("/original")]
    enclosed = path.removesuffix("/original")
    assert PLACE not in site.as_("city").get(enclosed).response.data
    asked = site.as_("city").get(path)
    assert asked.send(path, reason="看").status == 422
    assert asked.send(path, reason="核对拍摄时间").response.data == photo()
    assert path not in site.as_("city_leader").get(FILE).links
    assert site.as_("city_leader").post(path, reason="核对拍摄时间").status == 403
    assert site.as_("handler").post(path, reason="核对拍摄时间").status == 403


def test_papers_are_set_from_the_steps_and_what_came_back_is_enclosed(
    site: Site, order: str
) -> None:
    page = opened(site, order)
    assert "papers/" not in page.html
    page = takes(site, "inquiry_recorded", evidence=a_file("台账.png"))
    [enclosed] = [link for link in page.links if f"{FILE}/files/" in link]
    assert "台账.png" in page.text
    got = site.as_("city").get(enclosed).response
    assert (got.data, got.mimetype) == (PNG, "image/png")
    assert site.as_("supervisor").get(enclosed).status == 404, "a file of the level above"
    paper = f"{FILE}/papers"
    pdf = site.as_("city").get(f"{paper}/notice").response
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")
    assert site.as_("city").get(f"{paper}/notice").response.data == pdf.data
    for name, status in (("decision", 404), ("nothing", 404)):
        assert site.as_("city").get(f"{paper}/{name}").status == status
    assert site.as_("supervisor").get(f"{paper}/notice").status == 404
    notice = set_as(site, "notice")
    assert SAID["inquiry_recorded"].text in notice.lines
    assert "请自收到本告知书次日起5个工作日内书面提出" in "".join(notice.lines)
    assert (notice.to, notice.day) == ("测试school：", "")
    assert notice.number.endswith("号之一")
    undecided = [set_as(site, name) for name, _ in papers_of(site)]
    assert not [one for one in undecided if UNSAID in str(one)]
    for move in WAY[1:5]:
        site.later(days=8 if move == "hearing_recorded" else 1)
        takes(site, move)
    assert set_as(site, "notice").day
    decision = "".join(set_as(site, "decision").lines)
    for said in ("决定：问责约谈", "事实清楚，情节较轻", "30日内向本办申请复核", "15日内直接"):
        assert said in decision
    assert [name for name, _ in papers_of(site)][-2:] == ["decision", "decision_receipt"]
    assert site.ask(lambda s: list(accountability_record.misfits(s))) == []
    refused = takes(site, "decision_served", day="x", evidence=a_file("回证.png"))
    assert (refused.status, "所选的文件需要重新选择" in refused.text) == (422, True)


def papers_of(site: Site) -> list[tuple[str, str]]:
    scope = scope_of(site.office["city"])
    return site.ask(lambda s: inquiry_paper.offered(accountability_reading.whole(s, scope, 1)))


def test_no_page_says_it_before_somebody_decided(site: Site, order: str) -> None:
    """Only the form by which it is decided names what may be decided, to whoever may."""
    opened(site, order)
    for n, move in enumerate(("", *WAY[:4])):
        if move:
            site.later(days=8 if move == "hearing_recorded" else 1)
            takes(site, move)
        assert file(site).state == UNDECIDED[n]
        for who in ("city", "city_second", "city_leader"):
            html = site.as_(who).get(FILE).html
            if UNSAID in html:
                assert (who, n) == ("city_leader", 4)
                before, _, form = html.partition('id="decision_made"')
                assert UNSAID not in before + form.partition("</form>")[2]
        for language in ("zh", "en"):
            page = site.as_("city").get(f"{FILE}?lang={language}").html
            assert UNSAID not in page
            assert "accountab" not in page.lower()
        site.as_("city").get(f"{FILE}?lang=zh")
        assert UNSAID not in str(sheet(site))
    takes(site, "decision_made")
    assert "问责约谈" in site.as_("city").get(FILE).text
    assert "问责约谈" in str(sheet(site))


def sheet(site: Site) -> object:
    """Return the paper of the file as the city reads it."""
    scope = scope_of(site.office["city"])
    with site.app.test_request_context(), in_chinese():
        return site.ask(lambda s: report(accountability_reading.whole(s, scope, 1), "市办"))


def test_the_unit_learns_nothing_of_it(site: Site, order: str) -> None:
    before = site.as_("school").get("/unit/").text
    on_the_way(site, order, "decision_made")
    page = site.as_("school").get("/unit/")
    assert [word for word in (UNSAID, "案卷", "核实") if word in page.text] == []
    assert len(page.text) - len(before) < 20, "but for the days that passed"
    for path in (FILE, order, f"{FILE}/pdf"):
        assert site.as_("school").get(path).status in (403, 404)


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(
    site: Site, order: str
) -> None:
    opened(site, order)
    page = takes(site, "inquiry_recorded", text="学校没有安排人办理", people="", day="")
    assert page.status == 422
    for said in ("请写明由谁核实", "请填写日期", "学校没有安排人办理</textarea>"):
        assert said in page.html
    assert file(site).state == "opened"
    me = str(site.office["city_leader"].person)
    page = takes(site, "inquiry_recorded", accounts=me, people="张三")
    assert "测试city_leader、张三" in page.text
    site.later(days=1)
    takes(site, "notice_served")
    page = takes(site, "hearing_recorded")
    assert (page.status, "单位书面同意的才能提前" in page.text) == (422, True)
    assert takes(site, "hearing_recorded", choice="early").status == 200
    takes(site, "consultation_recorded")
    leader = site.as_("city_leader").get(FILE)
    assert "决定须由他人作出" in leader.text
    assert site.as_("city_leader").post(f"{FILE}/decide", choice="none", text="x").status == 403


def test_who_reads_and_who_acts(site: Site, order: str) -> None:
    page = opened(site, order)
    head = page.form(f"{FILE}/step").fields["head_n"]
    for who, status in (("supervisor", 404), ("auditor", 404), ("handler", 403), ("stranger", 404)):
        assert site.as_(who).get(FILE).status == status
        assert site.as_(who).get(f"{FILE}/pdf").status == status
    assert site.as_("supervisor").post(f"{FILE}/step", step="inquiry_recorded").status == 404
    assert site.as_("city").post(f"{FILE}/step", step="decision_made").status == 404
    assert site.as_("city").post(f"{FILE}/decide").status == 403
    takes(site, "inquiry_recorded")
    said = {"text": "另一份说明", "day": "2026-04-12", "accounts": site.office["city"].person}
    late = site.as_("city").post(f"{FILE}/step", step="inquiry_recorded", head_n=head, **said)
    assert (late.status, "另一份说明" in late.text) == (409, True)
    assert "参加核实的本办人员 测试city" in late.text, "not the number of a box"


def test_whoever_was_not_the_first_gets_their_step_back(site: Site, order: str) -> None:
    on_the_way(site, order, "notice_served")
    old = site.as_("city").get(FILE)
    site.later(days=8)
    takes(site, "hearing_recorded")

    def late(move: str, **typed: object) -> Page:
        form = next(one for one in old.forms if step_of(one) == move)
        return old.visit.sent(f"{FILE}/step", {**form.fields, **typed})

    page = late("hearing_recorded", text="单位承认没有按时办理", choice="early", day="2026-04-13")
    assert (page.status, steps_offered(page)) == (409, set()), "somebody has recorded it"
    assert ACCOUNTABILITY_HEARINGS["early"] in page.text
    page = late("file_discontinued", text="单位已经改正", evidence=a_file())
    assert (page.status, steps_offered(page)) == (409, {"file_discontinued"})
    assert "所选的文件需要重新选择" in page.text
    assert "陈述申辩" in page.text, "what came since"
    assert page.form(f"{FILE}/step").fields["text"] == ["单位已经改正"]
    page.send(f"{FILE}/step")
    assert file(site).state == "discontinued"


def test_it_is_discontinued_with_a_reason(site: Site, order: str) -> None:
    opened(site, order)
    assert takes(site, "file_discontinued", text=" ").status == 422
    page = takes(site, "file_discontinued")
    assert (steps_offered(page), "学校已经撤并" in page.text) == (set(), True)
    assert "会商" not in page.text


def test_the_paper_lists_the_steps_and_is_the_same_each_time(site: Site, order: str) -> None:
    on_the_way(site, order, "notice_served")
    told = sheet(site)
    assert [part.title for part in told.sections] == ["1. 建立案卷", "2. 核实", "3. 书面告知"]
    assert told.sections[1].lines == [SAID["inquiry_recorded"].text]
    assert ("单位", "测试school") in told.facts
    assert ("单位准备陈述申辩到", "2026年4月21日") in told.sections[2].facts
    assert file(site).until == date(2026, 4, 21)
    first = site.as_("city").get(f"{FILE}/pdf").response
    assert (first.mimetype, first.data[:8]) == ("application/pdf", b"%PDF-1.7")
    site.later(days=1)
    assert site.as_("city_leader").get(f"{FILE}/pdf").response.data == first.data


def test_a_film_of_a_hearing_comes_in_pieces_and_is_not_lost_by_an_error(
    site: Site, order: str
) -> None:
    opened(site, order)
    page = site.as_("city").get(FILE)
    form = page.form(f"{FILE}/step").fields
    assert PIECES in page.html
    kept = sent(page, form["nonce"][0], PIECES)
    said = {"accounts": str(site.office["city"].person), "kept": kept}
    refused = page.visit.sent(f"{FILE}/step", {**form, **said, "text": ""})
    again = refused.form(f"{FILE}/step").fields
    assert (refused.status, again["kept"], again["nonce"]) == (422, [kept], form["nonce"])
    assert "已登记。" in refused.send(f"{FILE}/step", text=SAID["inquiry_recorded"].text).text
    names = site.ask(lambda s: s.scalars(select(AccountabilityEvidence.name)).all())
    assert list(names) == ["后厨.mp4"]
    for who in ("handler", "operator"):
        assert site.as_(who).post(PIECES, nonce="n" * 24, name="a", size="9").status == 403
