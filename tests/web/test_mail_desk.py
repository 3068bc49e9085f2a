"""The desk of what was set aside, and what a case says of its letters, over HTTP."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from caseflow.intake.delivery import deliver
from caseflow.intake.filters.storms import FREE
from caseflow.intake.mail_tables import Blocked
from caseflow.intake.tables import Quarantine
from caseflow.ledger.report_tables import Report
from caseflow.vault.tables import Identity
from tests.mail.post import letter
from tests.web.site import Page, Site

MACHINE = letter(b"Auto-Submitted: auto-generated", by="shop@ads.example", text="大减价")


def came(site: Site, raw: bytes) -> Quarantine:
    number = deliver(site.rooms, BytesIO(raw), site.now).quarantine
    return site.ask(lambda s: s.get_one(Quarantine, number))


def seen(site: Site, path: str) -> Page:
    return site.as_("operator").get(path).send(f"{path}/look", reason="登记来件")


def case_of(site: Site, raw: bytes) -> str:
    return deliver(site.rooms, BytesIO(raw), site.now).case


def test_a_sender_is_blocked_listed_and_let_in_again(site: Site) -> None:
    path = f"/console/quarantine/{came(site, MACHINE).id}"
    unseen = site.as_("operator").get(path).send(f"{path}/spam", spam="广告")
    assert (unseen.status, "请先查看原件" in unseen.text) == (422, True)
    page = seen(site, path)
    assert page.send(f"{path}/spam", spam=" ").status == 422
    page.send(f"{path}/spam", spam="广告", domain="1")
    again = letter(by="other@ads.example", mid="two")
    blocked = came(site, again)
    assert (blocked.state, blocked.reason) == ("discarded", "发件人在拦截名单中")
    listed = site.as_("operator").get("/console/quarantine/blocked")
    for word in ("@ads.example", "广告", "1 封"):
        assert word in listed.text
    assert "发件人在拦截名单中" in site.as_("operator").get("/console/quarantine").text
    entry = site.ask(lambda s: s.scalars(select(Blocked)).one())
    assert b"ads.example" not in entry.sealed
    assert site.as_("stranger").post(f"/console/quarantine/blocked/{entry.id}/lift").status == 404
    listed.send(f"/console/quarantine/blocked/{entry.id}/lift")
    assert site.as_("operator").post(f"/console/quarantine/blocked/{entry.id}/lift").status == 409
    assert case_of(site, letter(by="third@ads.example", mid="three"))


@pytest.mark.parametrize(
    ("by", "domain", "says"),
    [("x@qq.com", "1", "公共邮箱服务"), ("nobody", "", "读不出发件人"), ("x@qq.com", "", "")],
)
def test_nobody_is_blocked_with_whoever_shares_their_server(
    site: Site, by: str, domain: str, says: str
) -> None:
    raw = letter(b"Auto-Submitted: auto-generated", by=by, text="大减价")
    path = f"/console/quarantine/{came(site, raw).id}"
    page = seen(site, path).send(
        f"{path}/spam", spam="广告", **({"domain": domain} if domain else {})
    )
    assert (page.status, says in page.text) == (422 if says else 200, True)
    mine = deliver(site.rooms, BytesIO(letter(by="y@qq.com", mid="two")), site.now)
    assert mine.word == "kept", "another address of the same server"


def test_a_reporter_with_proof_is_never_blocked_from_their_case(site: Site) -> None:
    from caseflow.crypto import receipts

    case = case_of(site, letter())
    path = f"/console/quarantine/{came(site, letter(b'Auto-Submitted: auto-replied', mid='r')).id}"
    seen(site, path).send(f"{path}/spam", spam="不想再看")
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    code = receipts.derive(site.rooms.ring, report.channel, report.channel_key).code
    text = f"编号 {report.number} 查询码 {code}"
    outcome = deliver(site.rooms, BytesIO(letter(mid="two", text=text)), site.now)
    assert (outcome.word, outcome.case) == ("joined", case)


def test_what_was_mended_is_read_again_and_goes_the_ordinary_way(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("caseflow.intake.delivery.parse", lambda *_: 1 / 0)
        path = f"/console/quarantine/{came(site, letter()).id}"
    page = site.as_("operator").get(path).send(f"{path}/retry")
    assert page.path.startswith("/console/cases/")
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert report.text == "投诉：食堂饭菜不新鲜。"
    assert deliver(site.rooms, BytesIO(letter()), site.now).word == "duplicate"
    machine = f"/console/quarantine/{came(site, MACHINE).id}"
    still = site.as_("operator").get(machine).send(f"{machine}/retry")
    assert (still.status, "仍不能自动登记" in still.text) == (422, True)
    assert site.as_("operator").post(f"{path}/retry").status == 409


def test_all_that_a_fault_set_aside_is_read_again_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("caseflow.intake.delivery.take_in", lambda *_: 1 / 0)
        for n in range(3):
            came(site, letter(mid=f"{n}"))
        came(site, MACHINE)
    came(site, letter(b"Auto-Submitted: auto-replied", mid="r"))
    page = site.as_("operator").get("/console/quarantine").send("/console/quarantine/retry")
    assert "已登记 3 件，仍有 1 件不能登记。" in page.text
    states = site.ask(lambda s: s.scalars(select(Quarantine.state).order_by(Quarantine.id)).all())
    assert states == ["taken"] * 3 + ["waiting"] * 2


def test_what_lies_folded_is_listed_and_taken_out_one_by_one(site: Site) -> None:
    for n in range(FREE + 4):
        deliver(site.rooms, BytesIO(letter(mid=f"{n}", text=f"第 {n} 封")), site.now)
    row = site.ask(lambda s: s.scalars(select(Quarantine)).one())
    assert "另有 2 封归在一起" in site.as_("operator").get("/console/quarantine").text
    page = site.as_("operator").get(f"/console/quarantine/{row.id}")
    case = site.ask(lambda s: s.scalars(select(Report.case_id).order_by(Report.id.desc())).first())
    assert row.case_id == case
    taken = page.send(f"/console/quarantine/{row.id}/folded/1")
    assert taken.path != page.path
    assert site.ask(lambda s: s.get_one(Quarantine, row.id)).folded == 1
    assert "第 22 封" in seen(site, taken.path).text
    gone = site.as_("operator").post(f"/console/quarantine/{row.id}/folded/1")
    assert gone.status == 404


def test_a_case_says_what_its_letter_claims_and_folds_what_was_written_before(site: Site) -> None:
    first = case_of(site, letter())
    text = '补充：周三。\n\n在 2026-03-03 10:00，"督导办" <t@e.example> 写道：\n旧的内容'
    second = case_of(site, letter(mid="two", by="s@x.example", subject=f"关于 {first}", text=text))
    page = site.as_("handler").get(f"/console/cases/{second}")
    assert f"自称与办件有关：{first}" in page.text.replace(" ", "").replace("\n", "")
    assert "没有证明与该件有关" in page.text
    assert page.html.count("旧的内容") == 1
    assert '<details class="history">' in page.html
    other = site.as_("handler").get(f"/console/cases/{first}")
    assert "自称与本件有关的来信" in other.text
    assert second in other.text


def test_a_case_says_that_an_address_takes_no_mail(site: Site) -> None:
    number = case_of(site, letter())

    def bounce(session) -> None:  # type: ignore[no-untyped-def]
        identity = session.scalars(select(Identity)).one()
        identity.can_be_reached, identity.bounced_at = "", site.now - timedelta(hours=1)

    site.do(bounce)
    assert "起退信，发不到了" in site.as_("handler").get(f"/console/cases/{number}").text
