"""What a text message brings: fetched after it is kept, joined to it, deleted at the provider."""

from typing import Any

import pytest
from sqlalchemy import select

from caseflow.adapters.twilio import Twilio
from caseflow.files import blobs
from caseflow.intake import looking, pictures
from caseflow.intake.tables import Quarantine
from caseflow.intake.telephony import ProviderDown
from caseflow.intake.text_tables import Erasure, Picture
from caseflow.jobs.schedule import job_named
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.verify import verify_chains
from tests.telephone.calling import from_twilio
from tests.telephone.twilio_api import FakeTwilio
from tests.web.site import PNG, Site

MUM = "+8613912345678"
PICTURE = ("image/png", PNG)
OTHER = ("image/jpeg", b"\xff\xd8\xff\xe0 not much of a picture")


def come_in(
    site: Site, twilio: FakeTwilio, *files: tuple[str, bytes], by: str = MUM
) -> dict[str, str]:
    form = twilio.text(by, "看这些照片", *files)
    assert from_twilio(site.app, twilio, "/hooks/sms/twilio", form).status_code == 200
    return form


def run(site: Site) -> bool:
    return job_named("pictures", site.services).work(site.now)


def rows(site: Site, table: type) -> list[Any]:
    return list(site.ask(lambda session: session.scalars(select(table)).all()))


def contents(site: Site) -> list[bytes]:
    def read(session: Any) -> list[bytes]:
        found = session.scalars(select(Attachment).order_by(Attachment.id)).all()
        return [blobs.read(session, site.rooms.store, one.blob_id) for one in found]

    return site.ask(read)


def test_pictures_are_fetched_joined_and_deleted_there(wired: Site, twilio: FakeTwilio) -> None:
    form = come_in(wired, twilio, PICTURE, OTHER)
    assert (rows(wired, Attachment), len(twilio.media)) == ([], 2)
    assert run(wired)
    assert contents(wired) == [PNG, OTHER[1]]
    assert [one.name for one in rows(wired, Attachment)] == ["1.png", "2.jpg"]
    assert (twilio.media, twilio.content) == ({}, {})
    first, more = rows(wired, Report)
    assert (more.follows, more.anonymous) == (first.id, True)
    from_twilio(wired.app, twilio, "/hooks/sms/twilio", form)
    assert not run(wired)
    assert len(rows(wired, Report)) == 2
    assert wired.ask(verify_chains).fits


def test_a_provider_that_is_down_is_asked_again_later(wired: Site, twilio: FakeTwilio) -> None:
    come_in(wired, twilio, PICTURE)
    twilio.down = True
    assert not run(wired)
    twilio.down = False
    assert not run(wired)  # not at once
    wired.later(minutes=11)
    assert run(wired)
    assert contents(wired) == [PNG]


def test_what_is_gone_or_too_large_is_said_and_keeps_nothing_back(
    wired: Site, twilio: FakeTwilio
) -> None:
    come_in(wired, twilio, PICTURE, OTHER)
    twilio.content.pop(next(iter(twilio.content)))
    run(wired)
    assert contents(wired) == [OTHER[1]]
    assert "另有 1 个文件" in rows(wired, Report)[-1].text


def test_what_lies_in_quarantine_is_fetched_and_joins_what_it_becomes(
    wired: Site, twilio: FakeTwilio
) -> None:
    come_in(wired, twilio, PICTURE, by="10690001")
    run(wired)
    assert (rows(wired, Attachment), twilio.media) == ([], {})
    [row] = rows(wired, Quarantine)
    looking.take(wired.rooms, wired.office["supervisor"], row.id, wired.now, "有照片")
    run(wired)
    assert contents(wired) == [PNG]


def test_a_crash_before_the_deletion_leaves_nothing_at_the_provider(
    wired: Site, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_in(wired, twilio, PICTURE)

    def down(_self: Twilio, _place: str) -> None:
        raise ProviderDown("no")

    with monkeypatch.context() as patch:
        patch.setattr(Twilio, "delete", down)
        run(wired)
    assert (contents(wired), len(twilio.media)) == ([PNG], 1)
    run(wired)
    assert twilio.media == {}


def test_each_run_fetches_so_many(
    wired: Site, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_in(wired, twilio, PICTURE, OTHER)
    monkeypatch.setattr(pictures, "BATCH", 1)
    run(wired)
    assert contents(wired) == []  # of one message all come together
    run(wired)
    assert contents(wired) == [PNG, OTHER[1]]
    assert {one.state for one in rows(wired, Picture)} == {"joined"}


def test_a_message_is_deleted_there_once_all_of_it_lies_here(
    wired: Site, twilio: FakeTwilio
) -> None:
    come_in(wired, twilio)
    come_in(wired, twilio, PICTURE)
    come_in(wired, twilio, by="10690001")
    twilio.down = True
    run(wired)
    assert len(twilio.messages) == 3
    twilio.down = False
    wired.later(minutes=11)
    run(wired)
    assert (twilio.messages, twilio.media) == ({}, {})
    assert rows(wired, Erasure) == []


def test_a_message_waits_there_for_its_pictures(
    wired: Site, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_in(wired, twilio, PICTURE, OTHER)
    monkeypatch.setattr(pictures, "BATCH", 1)
    run(wired)
    assert len(twilio.messages) == 1
    run(wired)
    assert twilio.messages == {}
