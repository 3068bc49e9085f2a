"""Calls at the desk: what rings opens the log, what nobody answered is rung back, what was said is
played.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.files import blobs
from caseflow.intake import calls, recordings
from caseflow.intake.call_tables import Call, DutyLine, Recording
from caseflow.intake.calls import Told
from caseflow.ledger.report_tables import Report
from caseflow.vault.tables import Reveal
from tests.office import DISTRICT
from tests.web.site import Page, Site

CALLS, DESK, DUTY = "/console/desk/calls", "/console/desk", "/console/desk/duty"
RINGING = "/console/desk/ringing"
CALLER = "139 1234 5678"
# The head of a WAV file and two seconds of silence: 8,000 bytes a second.
WAV = (
    b"RIFF"
    + (16_036).to_bytes(4, "little")
    + b"WAVEfmt "
    + bytes.fromhex("10000000010001004 01f0000401f000001000800".replace(" ", ""))
    + b"data"
    + (16_000).to_bytes(4, "little")
    + bytes(range(250)) * 64
)


def told(site: Site, what: str, call: str = "a", number: str = CALLER) -> int:
    def work(session: object) -> int:
        said = Told("generic", call, what, None, number)
        return calls.take(session, site.rooms.ring, DISTRICT, said, site.now).id  # type: ignore[arg-type]

    return site.do(work)


def taped(site: Site, call_id: int, content: bytes = WAV) -> str:
    lies = blobs.put(site.rooms.store, content)
    with site.database.transaction() as session:
        recordings.sent(session, session.get_one(Call, call_id), lies, site.now)
    row = site.ask(lambda s: s.scalars(select(Recording.id).order_by(Recording.id.desc())).first())
    return f"/console/recordings/{row}"


def logged(site: Site, call_id: int) -> Page:
    """Open the log of a call where it rings, and save it."""
    piece = site.as_("operator").get(RINGING)
    sheet = piece.send(f"{CALLS}/{call_id}/log")
    return sheet.send(DESK, kind="complaint", text="食堂的菜里有虫子")


def test_a_call_that_rings_shows_on_the_desk_and_opens_the_log_filled_in(site: Site) -> None:
    call_id = told(site, "ringing")
    piece = site.as_("operator").get(RINGING)
    assert "正在振铃" in piece.text
    assert "尾号 5678" in piece.text
    assert "1234" not in piece.text.replace("5678", "")
    assert 'data-key="t"' in piece.html, "one key opens it (desk.js)"
    site.later(seconds=30)
    sheet = piece.send(f"{CALLS}/{call_id}/log")
    form = sheet.form(DESK)
    assert form.fields["phone"] == [CALLER]
    assert form.fields["call"] == [str(call_id)]
    assert form.fields["started"] == [(site.now - timedelta(seconds=30)).isoformat()]
    assert "1234" not in sheet.response.request.path + str(sheet.response.request.args)


def test_the_case_names_its_call_and_the_number_was_opened_on_the_record(site: Site) -> None:
    call_id = told(site, "ringing")
    told(site, "answered")
    logged(site, call_id)
    call = site.ask(lambda s: s.get_one(Call, call_id))
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert (call.report_id, call.outcome) == (report.id, "talking")
    assert call.answered_by == site.office["operator"].person
    assert report.call_began == site.now
    opened = site.ask(lambda s: s.scalars(select(Reveal)).one())
    assert (opened.identity_id, opened.user_id) == (
        call.identity_id,
        site.office["operator"].person,
    )
    told(site, "hung_up")
    page = site.as_("handler").get("/console/").visit.get("/console/cases/430503-2026-000001")
    assert f"第 {call_id} 号来电" in page.text
    assert "没有要回的电话" in site.as_("operator").get(CALLS).text


def test_the_earlier_cases_of_the_number_stand_beside_it(site: Site) -> None:
    logged(site, told(site, "ringing"))
    told(site, "ringing", "b")
    assert "430503-2026-000001" in site.as_("operator").get(RINGING).text
    told(site, "ringing", "c", "0739-5322222")
    assert "这个号码没有来过" in site.as_("operator").get(RINGING).text


def test_a_log_that_is_opened_before_anybody_answered_hides_no_missed_call(site: Site) -> None:
    call_id = told(site, "ringing")
    sheet = site.as_("operator").get(RINGING).send(f"{CALLS}/{call_id}/log")
    told(site, "hung_up")
    assert "尾号 5678" in site.as_("operator").get(CALLS).text
    assert "没有要回的电话" not in site.as_("operator").get(CALLS).text
    sheet.send(DESK, kind="complaint", text="食堂的菜里有虫子")
    assert "没有要回的电话" in site.as_("operator").get(CALLS).text


def test_a_log_that_is_opened_twice_is_one(site: Site) -> None:
    call_id = told(site, "ringing")
    piece = site.as_("operator").get(RINGING)
    first = piece.send(f"{CALLS}/{call_id}/log").form(DESK).fields["nonce"]
    second = piece.send(f"{CALLS}/{call_id}/log").form(DESK).fields["nonce"]
    assert first == second
    assert len(site.ask(lambda s: s.scalars(select(Reveal)).all())) == 1


def test_what_nobody_answered_is_listed_until_somebody_rang_back(site: Site) -> None:
    call_id = told(site, "hung_up")
    told(site, "hung_up", "b")
    assert "未接来电，要回电 1" in site.as_("operator").get(f"{DESK}/owed").text
    page = site.as_("operator").get(CALLS)
    assert "共来电 2 次" in page.text
    assert "回电期限" in page.text
    assert "13912345678" not in page.text.replace(" ", "")
    page = page.send(f"{CALLS}/{call_id}/number")
    assert CALLER in page.text
    assert site.ask(lambda s: s.scalars(select(Reveal.reason)).all()) == ["给未接来电回电"]
    page = page.send(f"{CALLS}/{call_id}/rang/nobody")
    assert "已记下回电。" in page.text
    assert "没有要回的电话" in page.text
    assert "没人接" in page.text
    page = page.send(f"{CALLS}/{call_id}/rang/reached")
    assert "测试operator" in page.text
    again = site.as_("operator").post(f"{CALLS}/{call_id}/rang/reached")
    assert again.status == 409
    assert "已经有人回过了" in again.text


def test_a_call_rung_back_and_written_down_has_no_false_beginning(site: Site) -> None:
    call_id = told(site, "hung_up")
    site.later(minutes=40)
    sheet = site.as_("operator").get(CALLS).send(f"{CALLS}/{call_id}/log")
    assert sheet.form(DESK).fields["started"] == [""]
    sheet.send(DESK, kind="complaint", text="校车超员")
    assert site.ask(lambda s: s.get_one(Call, call_id)).settled == "logged"


@pytest.mark.parametrize("who", ["stranger", "reviewer"])
def test_nobody_else_sees_or_moves_a_call(site: Site, who: str) -> None:
    call_id = told(site, "hung_up")
    seen = site.as_(who).get(CALLS)
    assert "尾号 5678" not in seen.text
    for path in ("number", "log", "rang/reached"):
        assert site.as_(who).post(f"{CALLS}/{call_id}/{path}").status in (403, 404)


def test_a_recording_is_played_with_seek_to_whoever_may_see_the_report(site: Site) -> None:
    call_id = told(site, "ringing")
    path = taped(site, call_id)
    assert site.as_("operator").get(path).status == 200
    assert site.as_("reviewer").get(path).status == 404
    logged(site, call_id)
    whole = site.as_("reviewer").get(path).response
    assert (whole.status_code, whole.data, whole.mimetype) == (200, WAV, "audio/x-wav")
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    part = site.as_("reviewer").get(path, headers={"Range": "bytes=1000-1999"}).response
    assert (part.status_code, part.data) == (206, WAV[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(WAV)}"
    tail = site.as_("reviewer").get(path, headers={"Range": "bytes=-10"}).response
    assert (tail.status_code, tail.data) == (206, WAV[-10:])
    beyond = site.as_("reviewer").get(path, headers={"Range": f"bytes={len(WAV)}-"}).response
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(WAV)}")
    assert site.as_("stranger").get(path).status == 404
    page = site.as_("reviewer").get("/console/cases/430503-2026-000001")
    assert f'src="{path}"' in page.html
    assert "media-src 'self'" in page.response.headers["Content-Security-Policy"]


def test_what_is_no_sound_is_never_played(site: Site) -> None:
    call_id = told(site, "hung_up")
    path = taped(site, call_id, b"<html><script>alert(1)</script></html>")
    assert site.as_("operator").get(path).status == 404
    page = site.as_("operator").get(CALLS)
    assert "<audio" not in page.html
    assert "录音已取不到" in page.text


def test_sound_is_cut_where_it_was_asked_for_across_pieces(site: Site) -> None:
    call_id = told(site, "hung_up")
    long = WAV + bytes(600_000) + b"the end"
    path = taped(site, call_id, long)
    asked = {"Range": f"bytes={262_140}-{262_150}"}
    part = site.as_("operator").get(path, headers=asked).response
    assert part.data == long[262_140:262_151]
    last = site.as_("operator").get(path, headers={"Range": "bytes=-7"}).response
    assert last.data == b"the end"


# The duty list


def put_on(site: Site, whom: str, number: str) -> Page:
    page = site.as_("operator").get(DUTY)
    return page.send(DUTY, user=str(site.office[whom].person), number=number)


def test_the_duty_list_is_kept_on_one_page(site: Site) -> None:
    assert "值班表是空的" in site.as_("operator").get(DUTY).text
    put_on(site, "operator", "13800000001")
    page = put_on(site, "handler", "13800000002")
    assert "现在 测试operator" in page.text
    assert "下一位 测试handler" in page.text
    line = site.ask(
        lambda s: s.scalars(
            select(DutyLine.id).where(DutyLine.user_id == site.office["handler"].person)
        ).one()
    )
    page = page.send(f"{DUTY}/{line}/move/first")
    assert "现在 测试handler" in page.text
    page = page.send(f"{DUTY}/{line}/number", **{f"number-{line}": "13800000009"})
    assert "号码已更改。" in page.text
    page = page.send(f"{DUTY}/{line}/off")
    assert "现在 测试operator" in page.text


def test_a_wrong_number_is_told_beside_its_field_and_kept(site: Site) -> None:
    page = put_on(site, "operator", "没有号码")
    assert page.status == 422
    assert "请填写能拨通的电话号码" in page.text
    assert page.form(DUTY).fields["number"] == ["没有号码"]
    assert page.form(DUTY).fields["user"] == [str(site.office["operator"].person)]


def test_a_leader_reads_the_duty_list_without_numbers(site: Site) -> None:
    put_on(site, "operator", "13800000001")
    page = site.as_("leader").get(DUTY)
    assert "测试operator" in page.text
    assert "3800000001" not in page.html
    assert not page.offers(DUTY)
    assert site.as_("auditor").get(DUTY).status == 403
    assert "测试operator" not in site.as_("stranger").get(DUTY).text


# While it rings


def stream(site: Site) -> list[str]:
    """Return the first pieces of a stream, then hang up."""
    answer = site.as_("operator").client.get(f"{RINGING}/stream", buffered=False)
    assert answer.mimetype == "text/event-stream"
    pieces = answer.iter_encoded()
    found = [next(pieces).decode() for _ in range(2)]
    answer.close()
    return found


def test_a_stream_tells_that_something_rings_and_holds_no_connection(site: Site) -> None:
    assert stream(site)[1] == "event: alive\ndata:\n\n"
    told(site, "ringing")
    assert stream(site) == ["retry: 1000\n\n", "event: rings\ndata:\n\n"]
    answer = site.as_("operator").client.get(f"{RINGING}/stream", buffered=False)
    next(answer.iter_encoded())
    assert site.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    answer.close()


def test_only_so_many_streams_are_open_and_the_others_are_told_to_look(site: Site) -> None:
    client = site.as_("operator").client
    held = [client.get(f"{RINGING}/stream", buffered=False) for _ in range(4)]
    full = client.get(f"{RINGING}/stream")
    assert full.text == "event: full\ndata:\n\n"
    held[0].close()
    assert "retry" in stream(site)[0]
    for answer in held:
        answer.close()


def test_what_a_desk_shows_already_is_left_as_it_is(site: Site) -> None:
    visit = site.as_("operator")
    assert visit.get(f"{RINGING}?seen=").status == 204
    told(site, "ringing")
    piece = visit.get(f"{RINGING}?seen=")
    assert piece.status == 200
    mark = piece.html.partition('name="seen" value="')[2].partition('"')[0]
    assert visit.get(RINGING, query_string={"seen": mark}).status == 204
    told(site, "hung_up")
    assert "正在振铃" not in visit.get(RINGING, query_string={"seen": mark}).text
    assert visit.get(RINGING, query_string={"seen": mark}).status == 200


def test_the_desk_looks_when_it_is_told_to(site: Site) -> None:
    page = site.as_("operator").get(DESK)
    assert f'hx-get="{RINGING}" hx-trigger="load, rings"' in page.html
    assert f'data-rings="{RINGING}/stream"' in page.html
