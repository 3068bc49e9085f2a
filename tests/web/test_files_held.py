"""What the policy does not let through is kept, named on the case, and opened with a reason."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines.tables import Clock
from caseflow.escalation import sweep
from caseflow.files.pictures import NoPictures
from caseflow.files.tables import Blob
from caseflow.intake import held_files
from caseflow.intake.delivery import deliver
from caseflow.intake.tables import Quarantine
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Attachment
from caseflow.ledger.tables import Case, Evidence
from caseflow.outbox.tables import Event
from caseflow.people.tables import Recusal
from caseflow.vault.tables import FileOpening
from tests.pictures import PLACE, photo
from tests.web.public_door import TEXT, fill, receipt
from tests.web.site import Page, Site, a_file
from tests.web.test_console_files import attachment, is_safe_download, received
from tests.web.walking import dispatched, on_item

EXE = b"MZ\x90\x00" + bytes(60)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)
WHY = "核对拍摄地点，决定是否下校"


def shown(page: Page) -> Image.Image:
    return Image.open(BytesIO(page.response.data))


def original(site: Site) -> str:
    return f"/console/attachments/{attachment(site)}/original"


def test_everybody_is_handed_a_picture_without_the_place_where_it_was_taken(site: Site) -> None:
    received(site, "照片.jpg", photo())
    answer = site.as_("handler").get(f"/console/attachments/{attachment(site)}")
    assert is_safe_download(answer)
    assert PLACE not in answer.response.data
    assert not shown(answer).getexif()
    small = site.as_("handler").get(f"/console/attachments/{attachment(site)}/picture")
    assert small.response.data == answer.response.data


def test_the_picture_as_it_came_is_sealed_until_somebody_says_why(site: Site) -> None:
    number = received(site, "照片.jpg", photo())
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert original(site) in page.links
    asked = site.as_("handler").get(original(site))
    refused = asked.send(original(site), reason="看")
    assert refused.status == 422
    assert "请写明查看原因" in refused.text
    answer = asked.send(original(site), reason=WHY)
    assert answer.response.data == photo()
    assert is_safe_download(answer)
    rows = site.ask(lambda session: session.scalars(select(FileOpening)).all())
    assert [(row.user_id, row.reason) for row in rows] == [(site.office["handler"].person, WHY)]
    story = site.as_("handler").get(f"/console/cases/{number}")
    assert "取出文件原件" in story.text
    assert WHY in story.text


@pytest.mark.parametrize("name", ["reviewer", "leader", "auditor", "operator"])
def test_whoever_need_not_have_an_original_is_not_offered_and_refused(
    site: Site, name: str
) -> None:
    number = received(site, "照片.jpg", photo())
    assert original(site) not in site.as_(name).get(f"/console/cases/{number}").links
    assert site.as_(name).get(original(site)).status == 403
    assert site.as_(name).post(original(site), reason=WHY).status == 403


def test_another_district_opens_nothing(site: Site) -> None:
    received(site, "照片.jpg", photo())
    assert site.as_("stranger").post(original(site), reason=WHY).status == 404
    assert site.ask(lambda session: session.scalars(select(FileOpening)).all()) == []


def test_a_picture_of_a_kind_that_is_not_read_is_kept_as_it_came_and_held_back(
    site: Site,
) -> None:
    number = received(site, "食堂.heic", HEIC)
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "食堂.heic" in page.text
    assert "图片未能去除拍摄信息" in page.text
    at = f"/console/attachments/{attachment(site)}"
    assert site.as_("handler").get(at).status == 423
    assert site.as_("handler").get(f"{at}/picture").status == 404
    answer = site.as_("handler").get(f"{at}/original").send(f"{at}/original", reason=WHY)
    assert answer.response.data == HEIC


def test_a_picture_that_was_clean_has_no_other_original(site: Site) -> None:
    number = received(site)
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert original(site) not in page.links
    assert site.as_("handler").get(original(site)).status == 404
    assert site.as_("handler").post(original(site), reason=WHY).status == 423


def test_the_history_names_the_file_as_it_came(site: Site) -> None:
    """What was handed in is the evidence; the picture made of it is only how it is looked at."""
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    on_item(site, "handler", number, "hand_in", file=a_file("现场.jpg", photo()))
    blob = site.ask(
        lambda s: s.scalars(select(Blob).join(Evidence, Evidence.blob_id == Blob.id)).one()
    )
    body = site.ask(lambda s: s.scalars(select(Entry.body).where(Entry.verb == "hand_in")).one())
    assert blob.sha256 in body
    assert b"".join(site.rooms.store.open(blob.id)) == photo()


HELD = {
    "工具.exe": EXE,
    "坏.jpg": b"\xff\xd8\xff\xe0 no picture",
    "坏.zip": b"PK\x03\x04" + bytes(40),
}


def by_form(site: Site) -> None:
    receipt(fill(site, text=TEXT, files=[a_file(name, held) for name, held in HELD.items()]))


def by_mail(site: Site) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["Message-ID"] = "a@mail.example", "食堂", "<a@x>"
    letter.set_content(TEXT)
    for name, held in HELD.items():
        letter.add_attachment(held, "application", "octet-stream", filename=name)
    deliver(site.rooms, BytesIO(letter.as_bytes()), site.now)


@pytest.mark.parametrize("door", [by_form, by_mail])
def test_what_is_not_let_through_is_named_on_the_case_by_every_door(
    site: Site, door: Callable[[Site], None]
) -> None:
    door(site)
    page = site.as_("handler").get("/console/")
    [case] = {link for link in page.links if link.startswith("/console/cases/")}
    page = site.as_("handler").get(case)
    for name, told in zip(HELD, ("这类文件不直接放行", "拍摄信息", "压缩包有异常"), strict=True):
        assert name in page.text
        assert told in page.text
    rows = site.ask(lambda s: s.scalars(select(Attachment).order_by(Attachment.id)).all())
    for row in rows:
        assert site.as_("handler").get(f"/console/attachments/{row.id}").status == 423
        opening = f"/console/attachments/{row.id}/original"
        answer = site.as_("handler").get(opening).send(opening, reason=WHY)
        assert answer.response.data == HELD[row.name]


def test_an_archive_is_listed_beside_it(site: Site) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("食堂/二月账.xlsx", b"12345")
        archive.writestr("里面.rar", b"x")
    number = received(site, "材料.zip", buffer.getvalue())
    page = site.as_("handler").get(f"/console/cases/{number}")
    for told in ("压缩包内有 2 个文件", "食堂/二月账.xlsx", "里面还有压缩包"):
        assert told in page.text
    assert site.as_("handler").get(f"/console/attachments/{attachment(site)}").status == 200


def test_a_unit_learns_why_its_own_file_is_not_handed_out(site: Site) -> None:
    number = dispatched(site, to="school")
    assert number
    page = site.as_("school").get("/unit/")
    [item] = {link for link in page.links if link.startswith("/unit/items/")}
    page = site.as_("school").get(item).send(f"{item}/sign_for")
    page = page.send(f"{item}/evidence", evidence=[a_file("工具.exe", EXE)])
    assert "这类文件不直接放行" in page.text
    [link] = {link for link in page.links if link.startswith("/unit/evidence/")}
    assert site.as_("school").get(link).status == 423


def test_what_nobody_has_looked_at_yet_waits(site: Site) -> None:
    """Files from before the policy are looked at by a job, and not handed out before."""
    received(site)
    site.do(lambda session: session.execute(update(Blob).values(held="look")))
    answer = site.as_("handler").get(f"/console/attachments/{attachment(site)}")
    assert answer.status == 423
    assert "正在检查" in answer.text


def test_a_form_that_is_too_large_as_a_whole_names_the_limits_to_staff_too(site: Site) -> None:
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    site.app.config["MAX_CONTENT_LENGTH"] = 1000
    page = on_item(site, "handler", number, "hand_in", file=a_file("大.jpg", photo() * 9))
    assert page.status == 413
    for told in ("最多 10 个", "每个不超过 20 MB", "一共不超过 100 MB"):
        assert told in page.text


def test_an_office_may_keep_no_picture_as_it_came(site: Site) -> None:
    site.app.extensions["caseflow.rooms"] = site.rooms = replace(site.rooms, originals=False)
    receipt(fill(site, text=TEXT, files=[a_file("照片.jpg", photo())]))
    [blob] = site.ask(lambda session: session.scalars(select(Blob)).all())
    assert PLACE not in b"".join(site.rooms.store.open(blob.id))
    assert site.as_("handler").get(f"/console/attachments/{attachment(site)}").status == 200
    assert site.as_("handler").get(original(site)).status == 404


QUARANTINE = "/console/quarantine"


def minded(site: Site) -> None:
    """Let the job run that looks at files."""
    site.services.examine_files(site.now)


def standing(site: Site) -> dict[str, str]:
    """Return where each file that is held back has its page, by its name."""
    rows = site.ask(lambda s: held_files.of_rows(s, s.scalars(select(Quarantine)).all()))
    return {file.name: f"{QUARANTINE}/{row_id}" for row_id, file in rows.items()}


def clocks_of(site: Site) -> list[tuple[str, str]]:
    """Return the state of each row of quarantine with that of its clock."""
    query = select(Quarantine.state, Clock.state).join(Clock, Clock.quarantine_id == Quarantine.id)
    return [(row[0], row[1]) for row in site.ask(lambda s: s.execute(query).all())]


def test_files_of_every_door_that_were_not_let_through_stand_on_the_desk_of_what_was_set_aside(
    site: Site,
) -> None:
    by_form(site)
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    on_item(site, "handler", number, "hand_in", file=a_file("脚本.exe", EXE + b"2"))
    minded(site)
    minded(site)
    page = site.as_("operator").get(QUARANTINE)
    for name in (*HELD, "脚本.exe"):
        assert page.text.count(name) == 1
    assert number in page.text
    assert "这类文件不直接放行" in page.text
    assert clocks_of(site) == [("waiting", "running")] * 4
    assert "隔离区是空的" in site.as_("stranger").get(QUARANTINE).text
    there = standing(site)["脚本.exe"]
    assert site.as_("stranger").get(there).status == 404
    site.later(days=31)
    assert "脚本.exe" in site.as_("operator").get(QUARANTINE).text, "until somebody saw it"


def test_a_file_that_nobody_looked_at_for_a_working_day_climbs(site: Site) -> None:
    received(site, "工具.exe", EXE)
    minded(site)
    [due] = site.ask(lambda s: s.scalars(select(Clock.due).where(Clock.name == "look")).all())
    assert local(due).date() == local(site.now).date() + timedelta(days=2), "24:00 of tomorrow"
    site.later(days=2)
    sweep.run(site.rooms.database, site.now)
    bodies = site.ask(lambda s: s.scalars(select(Event.body).where(Event.name == "rung")).all())
    assert any('"clock":"look"' in body.replace(" ", "") for body in bodies)


def test_somebody_says_what_was_done_about_the_files_of_a_case_at_once(site: Site) -> None:
    by_form(site)
    minded(site)
    there = standing(site)["工具.exe"]
    page = site.as_("operator").get(there)
    for word in (*HELD, "这类文件不直接放行"):
        assert word in page.text
    refused = page.send(f"{there}/seen", note=" ")
    assert (refused.status, "请写明怎么处理的" in refused.text) == (422, True)
    assert clocks_of(site) == [("waiting", "running")] * 3
    done = page.send(f"{there}/seen", note="已请反映人换成 PDF 再发")
    assert "3 个文件处理完毕" in done.text
    assert clocks_of(site) == [("taken", "met")] * 3
    assert page.send(f"{there}/seen", note="再写一次").status == 409
    story = site.as_("operator").get(there)
    for word in ("已请反映人换成 PDF 再发", "测试operator", "已处理"):
        assert word in story.text
    minded(site)
    assert "隔离区是空的" in done.visit.get(QUARANTINE).text


def test_whoever_opened_it_with_a_reason_has_seen_it(site: Site) -> None:
    received(site, "工具.exe", EXE)
    minded(site)
    there = standing(site)["工具.exe"]
    page = site.as_("handler").get(there)
    assert original(site) in page.links
    assert original(site) not in site.as_("operator").get(there).links
    page.visit.get(original(site)).send(original(site), reason=WHY)
    assert clocks_of(site) == [("taken", "met")]
    assert "测试handler" in site.as_("operator").get(there).text


def test_nothing_that_is_done_with_a_letter_is_done_with_a_file(site: Site) -> None:
    """Whoever revealed an identity has seen no original: the row has none to have seen."""
    number = received(site, "工具.exe", EXE)
    minded(site)
    there = standing(site)["工具.exe"]
    operator = site.as_("operator")
    operator.get(f"/console/cases/{number}")
    for move in ("look", "take", "retry", "discard", "spam"):
        sent = {"reason": WHY, "note": WHY, "spam": WHY, "kind": "tip", "text": TEXT}
        assert operator.post(f"{there}/{move}", **sent).status in (404, 422)
    assert clocks_of(site) == [("waiting", "running")]


def test_a_colleague_who_keeps_out_of_a_case_does_not_learn_of_its_files(site: Site) -> None:
    number = received(site, "工具.exe", EXE)
    minded(site)
    there = standing(site)["工具.exe"]

    def keeps_out(session: Session) -> None:
        unit = site.office.units["school"]
        session.execute(update(Case).where(Case.number == number).values(unit_id=unit))
        session.add(
            Recusal(
                user_id=site.office["operator"].person, unit_id=unit, reason="亲属", since=site.now
            )
        )

    site.do(keeps_out)
    assert "工具.exe" not in site.as_("operator").get(QUARANTINE).text
    assert site.as_("operator").get(there).status == 404
    assert site.as_("operator").post(f"{there}/seen", note=WHY).status == 404
    assert "工具.exe" in site.as_("handler").get(QUARANTINE).text


def test_what_failed_for_a_reason_that_was_mended_is_looked_at_again(site: Site) -> None:
    site.app.extensions["caseflow.rooms"] = replace(site.rooms, pictures=NoPictures())
    receipt(fill(site, text=TEXT, files=[a_file("照片.jpg", photo())]))
    minded(site)
    path = f"/console/attachments/{attachment(site)}"
    assert site.as_("handler").get(path).status == 423
    page = site.as_("operator").get(QUARANTINE).send(f"{QUARANTINE}/files")
    assert "1 个文件正在重新检查" in page.text
    minded(site)
    assert site.as_("handler").get(path).status == 200
    page = site.as_("operator").get(QUARANTINE)
    assert "隔离区是空的" in page.text
    assert "已放行" in page.text, "among what was settled"
    assert clocks_of(site) == [("taken", "stopped")]


def test_what_a_scanner_could_not_do_is_asked_again_and_what_is_infected_is_not(site: Site) -> None:
    received(site, "a.pdf", b"%PDF-1.7\n")
    for scan, due in (("failed", True), ("infected", False)):
        site.do(lambda s, scan=scan: s.execute(update(Blob).values(scan=scan, scan_due=None)))
        held_files.mind(site.rooms, site.now, scans=True)
        site.as_("operator").get(QUARANTINE).send(f"{QUARANTINE}/files")
        [row] = site.ask(lambda s: s.scalars(select(Blob)).all())
        assert (row.scan_due is not None) is due


def test_a_file_that_waits_for_the_scanner_counts_after_an_hour(site: Site) -> None:
    received(site, "a.pdf", b"%PDF-1.7\n")
    site.do(lambda s: s.execute(update(Blob).values(scan="unscanned", scan_due=site.now)))
    site.later(minutes=50)
    assert held_files.mind(site.rooms, site.now, scans=True) == 0
    site.later(minutes=11)
    assert held_files.mind(site.rooms, site.now, scans=False) == 0, "without a scanner none waits"
    assert held_files.mind(site.rooms, site.now, scans=True) == 1
    assert "正在检查病毒" in site.as_("operator").get(QUARANTINE).text
    site.do(lambda s: s.execute(update(Blob).values(scan="failed", scan_due=None)))
    assert held_files.mind(site.rooms, site.now, scans=True) == 1
    assert "未能完成病毒检查" in site.as_("operator").get(QUARANTINE).text
    assert clocks_of(site) == [("waiting", "running")], "the clock goes on"
    site.do(lambda s: s.execute(update(Blob).values(scan="clean")))
    held_files.mind(site.rooms, site.now, scans=True)
    assert clocks_of(site) == [("taken", "stopped")]
