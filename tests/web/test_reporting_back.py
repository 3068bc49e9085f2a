"""The report back on the case page: offered to whoever does what comes next, and on paper."""

from sqlalchemy import select

from caseflow.intake.report import Contact
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.moves import closing, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.vault.identities import keep_identity
from tests import office as offices
from tests.web.site import Page, Site


def handed_down(site: Site) -> str:
    """Let a matter that another office handed down be answered; return the case's number."""

    def work(session) -> str:  # type: ignore[no-untyped-def]
        case, report = offices.report(session, site.now, kind="complaint", reach="")
        report.handed_by, report.handed_number, report.report_back = "市信访局", "XF-1", True
        me = site.office["handler"]
        triage.accept(session, me, case.id, site.now)
        case.state = "replying"  # how it got there is not what this is about
        closing.reply(session, me, case.id, report.id, "已整改", "window", site.now)
        return case.number

    return site.do(work)


def state(site: Site) -> tuple[str, list[str]]:
    found = site.ask(lambda s: (s.scalars(select(Case.state)).one(), s.scalars(_STATES).all()))
    return found[0], list(found[1])


_STATES = select(ReportBack.state).order_by(ReportBack.id)


def page(site: Site, who: str, number: str) -> Page:
    return site.as_(who).get(f"/console/cases/{number}")


def test_it_is_written_checked_sent_and_signed_for_on_the_case_page(site: Site) -> None:
    number = handed_down(site)
    at = f"/console/cases/{number}"
    draft = page(site, "handler", number)
    written = draft.form(f"{at}/draft_report_back").fields["text"][0]
    assert written.strip().startswith("市信访局：")
    assert "XF-1" in written
    draft.send(f"{at}/draft_report_back", text=written)
    assert not page(site, "handler", number).offers(f"{at}/check_report_back")
    assert not page(site, "handler", number).offers(f"{at}/send_report_back")
    page(site, "reviewer", number).send(f"{at}/check_report_back")
    page(site, "handler", number).send(f"{at}/send_report_back", way="email", proof="邮件 12 号")
    assert state(site) == ("replying", ["sent"])
    page(site, "handler", number).send(f"{at}/sign_report_back", signed_by="王科长")
    assert state(site) == ("closed", ["signed"])
    told = page(site, "handler", number).text
    assert "来文机关已签收" in told
    assert "邮件 12 号" in told


def test_what_was_typed_stays_where_it_is_refused(site: Site) -> None:
    number = handed_down(site)
    at = f"/console/cases/{number}/draft_report_back"
    refused = page(site, "handler", number).send(at, text="长" * 10_001)
    assert refused.status == 422
    assert refused.form(at).fields["text"][0].strip() == "长" * 10_001


def test_it_is_a_formal_document_on_paper_marked_until_it_is_sent(site: Site) -> None:
    number = handed_down(site)
    at = f"/console/cases/{number}"
    page(site, "handler", number).send(f"{at}/draft_report_back", text="市信访局：\n已整改。")
    row = site.ask(lambda s: s.scalars(select(ReportBack.id)).one())
    answer = site.as_("handler").get(f"{at}/report_back/{row}/pdf")
    assert answer.response.data.startswith(b"%PDF")
    assert site.as_("stranger").get(f"{at}/report_back/{row}/pdf").status == 404


def ready(site: Site) -> tuple[str, Page]:
    """Let a report back be written and checked; return its case's address and page."""
    number = handed_down(site)
    at = f"/console/cases/{number}"
    page(site, "handler", number).send(f"{at}/draft_report_back", text="市信访局：\n已整改。")
    page(site, "reviewer", number).send(f"{at}/check_report_back")
    return at, page(site, "handler", number)


def test_it_is_mailed_to_what_somebody_says_is_the_offices_and_that_is_known_next_time(
    site: Site,
) -> None:
    at, sends = ready(site)
    said = {"way": "message", "address": "doc@xinfang.example"}
    doubted = sends.send(f"{at}/send_report_back", **said)
    assert doubted.status == 422
    assert "请确认这是来文机关的公务邮箱" in doubted.text
    assert doubted.form(f"{at}/send_report_back").fields["address"] == [said["address"]]
    sends.send(f"{at}/send_report_back", **said, official="yes")
    assert state(site) == ("replying", ["sending"])
    now = site.as_("handler").get(at)
    assert "邮件正在发送" in now.text
    assert not now.offers(f"{at}/sign_report_back")
    at, another = ready(site)
    fields = another.form(f"{at}/send_report_back").fields
    assert fields["address"] == [said["address"]]
    assert not fields.get("official"), "it is confirmed each time"


def test_the_mailbox_of_whoever_reported_is_refused_where_it_is_typed(site: Site) -> None:
    at, sends = ready(site)

    def work(session) -> None:  # type: ignore[no-untyped-def]
        report = session.scalars(select(Report)).one()
        contact = Contact(email="parent@mail.example")
        report.identity_id = keep_identity(session, site.rooms.ring, contact, site.now)

    site.do(work)
    said = {"way": "message", "address": "Parent@mail.example", "official": "yes"}
    refused = sends.send(f"{at}/send_report_back", **said)
    assert refused.status == 422
    assert "反映人的邮箱" in refused.text
    assert state(site)[1] == ["checked"]
