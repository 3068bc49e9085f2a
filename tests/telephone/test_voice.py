"""Twilio rings: what the caller hears, who is rung next, and where recordings go."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from caseflow.app import Services, create_app
from caseflow.intake import recordings
from caseflow.intake.call_tables import Call, Recording
from tests.telephone.calling import PUBLIC, connected, from_twilio
from tests.telephone.stories import ANNA, BO, CALLER, ByTwilio, steps_of
from tests.telephone.test_stories import app
from tests.telephone.twilio_api import FakeTwilio, sid
from tests.web.site import Site
from tests.web.test_calls import WAV

__all__ = ["app"]
HOOKS = ("", "/next?n=1", "/leg", "/status", "/recording", "/left")


@pytest.fixture
def call(app: Flask, site: Site, twilio: FakeTwilio) -> ByTwilio:
    return ByTwilio(app, site.now - timedelta(minutes=1), twilio)


@pytest.fixture
def built(site: Site, twilio: FakeTwilio) -> Iterator[Services]:
    return connected(site.services, twilio.base, public_url=PUBLIC)


def row(site: Site) -> Recording:
    return site.ask(lambda s: s.scalars(select(Recording)).one())


def test_a_caller_is_greeted_in_both_languages_and_the_first_is_rung(call: ByTwilio) -> None:
    answer = call.comes()
    assert answer.mimetype == "text/xml"
    chinese, english, dial, number = steps_of(answer)
    assert chinese[1:] == ("您好，这里是测试section。", {"language": "zh-CN"})
    assert english[2] == {"language": "en-GB"}
    assert (dial[0], dial[2]["timeout"]) == ("dial", "20")
    assert dial[2]["action"] == f"{PUBLIC}/hooks/voice/next?n=1"
    assert "record" not in dial[2]
    assert (number[0], number[1]) == ("number", ANNA)
    assert number[2]["statuscallback"] == f"{PUBLIC}/hooks/voice/leg"


def test_a_recorded_call_says_so_before_it_rings(
    site: Site, twilio: FakeTwilio, app: Flask
) -> None:
    taping = create_app(
        connected(site.services, record_calls=True, ring_seconds=9, public_url=PUBLIC)
    )
    found = steps_of(ByTwilio(taping, site.now, twilio).comes())
    assert [words for tag, words, _ in found if "录音" in words]
    assert [words for tag, words, _ in found if "recorded" in words]
    dial = found[-2][2]
    assert (dial["timeout"], dial["record"]) == ("9", "record-from-answer-dual")
    assert dial["recordingstatuscallback"] == f"{PUBLIC}/hooks/voice/recording"


def test_the_next_one_is_rung_and_then_a_message_is_asked_for(call: ByTwilio) -> None:
    call.comes()
    second = steps_of(call.post("/next?n=1", DialCallStatus="no-answer"))
    assert second[1][1] == BO
    assert second[0][2]["action"] == f"{PUBLIC}/hooks/voice/next?n=2"
    end = steps_of(call.post("/next?n=2", DialCallStatus="busy"))
    assert [tag for tag, _, _ in end] == ["say", "say", "record", "hangup"]
    assert "留言" in end[0][1]
    assert "message" in end[1][1]
    assert end[2][2]["recordingstatuscallback"] == f"{PUBLIC}/hooks/voice/recording"
    left = steps_of(call.post("/left"))
    assert [tag for tag, _, _ in left] == ["say", "hangup"]


def test_a_call_that_was_answered_goes_to_nobody_else(call: ByTwilio, site: Site) -> None:
    call.comes()
    done = call.post("/next?n=1", 60, DialCallStatus="completed", DialCallDuration="30")
    assert [tag for tag, _, _ in steps_of(done)] == ["hangup"]
    found = site.ask(lambda s: s.scalars(select(Call)).one())
    assert (found.outcome, found.answered_at) == ("talking", site.now - timedelta(seconds=30))


def test_an_empty_duty_list_leads_straight_to_a_message(site: Site, twilio: FakeTwilio) -> None:
    empty = create_app(connected(site.services))
    found = steps_of(ByTwilio(empty, site.now, twilio).comes())
    assert [tag for tag, _, _ in found] == ["say", "say", "say", "say", "record", "hangup"]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_forged_call_is_refused(app: Flask, site: Site, twilio: FakeTwilio, hook: str) -> None:
    form = {"CallSid": sid("CA"), "From": CALLER, "CallStatus": "completed"}
    headers = twilio.sign(f"{PUBLIC}/hooks/voice{hook}", form)
    changed = {**form, "From": "+8613999999999"}
    answer = app.test_client().post(f"/hooks/voice{hook}", data=changed, headers=headers)
    assert (answer.status_code, answer.data) == (403, b"")
    assert app.test_client().post(f"/hooks/voice{hook}", data=form).status_code == 403
    assert site.ask(lambda s: s.scalars(select(Call)).all()) == []
    assert from_twilio(app, twilio, f"/hooks/voice{hook}", form).status_code == 200


@pytest.mark.parametrize("number", ["Anonymous", "+266696687", "Restricted"])
def test_a_withheld_number_is_none(call: ByTwilio, site: Site, number: str) -> None:
    call.post("", CallStatus="ringing", From=number)
    assert site.ask(lambda s: s.scalars(select(Call)).one()).identity_id is None


def left_a_message(call: ByTwilio, twilio: FakeTwilio, content: bytes = WAV) -> str:
    """Nobody answers, the caller speaks; return the recording's id at Twilio."""
    call.comes()
    name = twilio.recording(call.name, content)
    for _ in range(2):
        call.post("/recording", 40, RecordingSid=name, RecordingStatus="completed")
    call.ends(41)
    return name


def test_a_message_is_fetched_kept_and_deleted_at_twilio(
    call: ByTwilio, site: Site, twilio: FakeTwilio, built: Services
) -> None:
    name = left_a_message(call, twilio)
    assert row(site).state == "wanted"
    assert "录音正在取回" in site.as_("operator").get("/console/desk/calls").text
    assert built.mind_calls(site.now) == 2
    assert name not in twilio.recordings
    assert row(site).state == "cleared"
    assert built.mind_calls(site.now) == 0
    page = site.as_("operator").get("/console/desk/calls")
    assert "语音留言" in page.text
    assert site.as_("operator").get(f"/console/recordings/{row(site).id}").response.data == WAV


def test_where_the_office_says_so_it_stays_at_twilio(
    call: ByTwilio, site: Site, twilio: FakeTwilio
) -> None:
    name = left_a_message(call, twilio)
    keeping = connected(site.services, twilio.base, keep_at_twilio=True)
    assert keeping.mind_calls(site.now) == 1
    assert keeping.mind_calls(site.now) == 0
    assert name in twilio.recordings
    assert row(site).state == "kept"


def test_while_twilio_is_away_the_errand_waits_and_is_done_later(
    call: ByTwilio, site: Site, twilio: FakeTwilio
) -> None:
    name = left_a_message(call, twilio)
    away = connected(site.services, "http://127.0.0.1:9")
    assert away.mind_calls(site.now) == 1
    assert away.mind_calls(site.now) == 0
    assert row(site).next_at == site.now + recordings.WAITS[0]
    back = connected(site.services, twilio.base)
    assert back.mind_calls(site.now + recordings.WAITS[0]) == 2
    assert name not in twilio.recordings


def test_a_recording_is_never_given_up(call: ByTwilio, site: Site, twilio: FakeTwilio) -> None:
    name = left_a_message(call, twilio)
    site.do(lambda session: session.execute(update(Recording).values(tries=500)))
    away = connected(site.services, "http://127.0.0.1:9")
    assert away.mind_calls(site.now) == 1
    later = row(site).next_at
    assert later == site.now + timedelta(days=1)
    assert connected(site.services, twilio.base).mind_calls(later) == 2
    assert name not in twilio.recordings


def test_a_recording_that_is_gone_is_told_as_lost(
    call: ByTwilio, site: Site, twilio: FakeTwilio, built: Services
) -> None:
    name = left_a_message(call, twilio)
    del twilio.recordings[name], twilio.content[name]
    built.mind_calls(site.now)
    assert row(site).state == "lost"
    assert "录音已取不到" in site.as_("operator").get("/console/desk/calls").text


def test_a_crash_after_keeping_deletes_at_the_next_errand(
    call: ByTwilio, site: Site, twilio: FakeTwilio, built: Services
) -> None:
    name = left_a_message(call, twilio)
    assert built.twilio is not None
    assert recordings.run(site.rooms, built.twilio, site.now, deletes=True, limit=1) == 1
    assert name in twilio.recordings
    assert row(site).blob_id is not None
    assert built.mind_calls(site.now) == 1
    assert name not in twilio.recordings


def test_no_number_is_in_a_log_nor_in_an_address(
    call: ByTwilio,
    site: Site,
    twilio: FakeTwilio,
    built: Services,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        script = call.comes()
        call.rings(ANNA, 1)
        call.answers(ANNA, 5)
        left_a_message(call, twilio)
        built.mind_calls(site.now)
    for number in (CALLER, ANNA, BO):
        assert all(number[-8:] not in line for line in caplog.messages)
        for _, _, said in steps_of(script):
            assert all(number[-8:] not in value for value in said.values())
