"""The desk's page where what another office sent is pasted: read, shown, saved once."""

import io

from sqlalchemy import func, select

from caseflow.intake.tables import Draft
from caseflow.ledger.handed_tables import HandedMatter
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case
from caseflow.vault.originals import original_for_machine
from tests.web.site import Page, Site

PASTE, DESK = "/console/desk/paste", "/console/desk"
ORDER = """某市12345热线转办单
工单编号：DH-1
派单时间：2026-03-02 09:15
来电人：张某
联系电话：13812345678
诉求内容：城东小学食堂饭菜有虫。
办理时限：5个工作日
是否回复：是
处理意见：请教育局办理"""
TWO = "工单编号：B-1\n诉求内容：甲\n\n工单编号：B-2\n诉求内容：乙"


def pasted(site: Site, text: str = ORDER, **more: object) -> Page:
    return site.as_("operator").get(PASTE).send(PASTE, pasted=text, **more)


def saved(site: Site, **typed: str) -> Page:
    page = pasted(site)
    return page.send(DESK, kind="complaint", **typed)


def many(site: Site, table: type[Draft | Case | HandedMatter]) -> int:
    return site.ask(lambda s: s.scalar(select(func.count()).select_from(table)) or 0)


def report(site: Site) -> Report:
    return site.ask(lambda s: s.scalars(select(Report)).one())


def test_one_order_fills_the_sheet_and_each_field_shows_its_words(site: Site) -> None:
    fields = pasted(site).form(DESK).fields
    assert (fields["sender"], fields["sender_number"]) == (["某市12345热线"], ["DH-1"])
    assert (fields["name"], fields["phone"]) == (["张某"], ["13812345678"])
    assert (fields["due_day"], fields["received_time"]) == (["2026-03-09"], ["09:15"])
    assert "原文：联系电话：13812345678" in pasted(site).text


def test_what_filled_no_field_stays_in_sight(site: Site) -> None:
    assert "处理意见：请教育局办理" in pasted(site).text.split("来文全文")[0]


def test_everything_pasted_is_kept_with_the_report_as_its_original(site: Site) -> None:
    saved(site)
    rooms, row = site.rooms, report(site)
    kept = site.ask(
        lambda s: b"".join(original_for_machine(s, rooms.ring, rooms.store, row.original_id))
    )
    assert "处理意见：请教育局办理" in kept.decode()
    assert row.text == "城东小学食堂饭菜有虫。"


def test_moments_of_the_sender_stand_on_the_report(site: Site) -> None:
    saved(site, back_day="2026-03-06")
    row = report(site)
    assert row.handed_at is not None
    assert row.handed_at.isoformat() == "2026-03-02T01:15:00+00:00"
    assert row.back_due is not None
    assert row.back_due.isoformat() == "2026-03-06T16:00:00+00:00"
    assert row.report_back


def test_several_orders_are_listed_and_each_goes_to_a_sheet_of_its_own(site: Site) -> None:
    page = pasted(site, TWO)
    assert "B-1" in page.text
    assert many(site, Draft) == 0
    sheet = page.send(f"{PASTE}/take", pasted="工单编号：B-2\n诉求内容：乙")
    assert sheet.form(DESK).fields["text"] == ["乙"]


def test_the_same_number_of_the_same_sender_is_told_before_saving(site: Site) -> None:
    saved(site)
    number = site.ask(lambda s: s.scalars(select(Case.number)).one())
    again = pasted(site)
    assert number in again.text
    assert many(site, Draft) == 0


def test_the_same_number_of_the_same_sender_never_makes_a_second_case(site: Site) -> None:
    saved(site)
    typed = {"sender": "某市 12345 热线", "sender_number": "dh-1", "kind": "tip", "text": "别的话"}
    page = site.as_("operator").get(f"{DESK}?channel=handed_down").send(DESK, **typed)
    assert page.status == 422
    assert "同一件事不再立第二件" in page.text
    assert page.form(DESK).fields["text"] == ["别的话"]
    assert (many(site, Case), many(site, HandedMatter)) == (1, 1)


def test_the_same_number_of_another_sender_is_another_matter(site: Site) -> None:
    saved(site)
    listed = pasted(site, ORDER.replace("某市", "另市") + "\n\n" + TWO)
    assert "另一来文机关用过同一编号" in listed.text
    typed = {"sender": "区委办", "sender_number": "DH-1", "kind": "tip", "text": "别的话"}
    site.as_("operator").get(f"{DESK}?channel=handed_down").send(DESK, **typed)
    assert many(site, Case) == 2


def test_a_sheet_that_is_saved_twice_is_told_its_first_numbers(site: Site) -> None:
    page = pasted(site)
    page.send(DESK, kind="complaint")
    again = page.send(DESK, kind="complaint")
    assert again.status == 200
    assert many(site, Case) == 1


def test_a_file_is_read_and_kept_beside_the_sheet(site: Site) -> None:
    file = (io.BytesIO(ORDER.encode("gb18030")), "工单.txt")
    page = pasted(site, "", file=file)
    assert page.form(DESK).fields["sender_number"] == ["DH-1"]
    page.send(DESK, kind="complaint", kept=page.form(DESK).fields["kept"])
    assert site.ask(lambda s: s.scalars(select(Attachment.name)).all()) == ["工单.txt"]


def test_nothing_and_a_file_of_another_kind_are_refused_with_the_words_kept(site: Site) -> None:
    assert pasted(site, "").status == 422
    page = pasted(site, "写好的", file=(io.BytesIO(b"%PDF-1.7"), "扫描.pdf"))
    assert page.status == 422
    assert page.form(PASTE).fields["pasted"] == ["写好的"]


def both_taken(site: Site, content: bytes = TWO.encode()) -> None:
    """Let a file of two orders become two cases."""
    listed = pasted(site, "", file=(io.BytesIO(content), "转办单.txt"))
    for form in [one for one in listed.forms if one.action == f"{PASTE}/take"]:
        said = {name: values[0] for name, values in form.fields.items()}
        sheet = listed.visit.sent(f"{PASTE}/take", said)
        sheet.send(DESK, kind="complaint", sender="12345", kept=sheet.form(DESK).fields["kept"])


def test_a_file_of_several_orders_stands_on_the_case_of_each_and_lies_there_once(
    site: Site,
) -> None:
    both_taken(site)
    found = site.ask(lambda s: s.execute(select(Attachment.report_id, Attachment.blob_id)).all())
    assert len({row.report_id for row in found}) == 2
    assert len({row.blob_id for row in found}) == 1


def test_it_tells_of_the_other_cases_and_is_opened_with_a_reason_only(site: Site) -> None:
    both_taken(site)
    first = site.ask(lambda s: s.scalars(select(Attachment.id)).first())
    at = f"/console/attachments/{first}"
    assert site.as_("handler").get(at).status == 423
    with_reason = site.as_("supervisor").get(f"{at}/original")
    assert with_reason.send(f"{at}/original", reason="核对来文").response.data == TWO.encode()
    again = (io.BytesIO(TWO.encode()), "转办单.txt")
    sheet = site.as_("operator").get(f"{DESK}?channel=letter")
    sheet.send(DESK, kind="tip", text="附来文", files=again)
    assert site.as_("handler").get(at).status == 423, "also once it came by itself"


def test_a_file_that_waited_too_long_is_asked_for_again(site: Site) -> None:
    listed = pasted(site, "", file=(io.BytesIO(TWO.encode()), "转办单.txt"))
    site.later(hours=3)
    page = listed.send(f"{PASTE}/take", pasted="工单编号：B-2\n诉求内容：乙")
    assert page.status == 422
    assert "请重新选文件" in page.text
