"""Nothing is handed out that the scanner has not seen; what it finds is handed out to nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from caseflow.app import Services
from caseflow.files.tables import Blob
from caseflow.intake import examining
from caseflow.ledger.history_tables import Entry
from caseflow.outbox.tables import Event
from tests.clamd import EICAR, Clamd
from tests.pictures import PLACE, photo
from tests.web.site import Site, a_file
from tests.web.test_console_files import attachment, received
from tests.web.walking import dispatched, on_item

VIRUS = b"%PDF-1.7\n" + EICAR
WHY = "扫描失败，需要核对内容"


@pytest.fixture
def clamd(site: Site) -> Iterator[Clamd]:
    """A scanner that the site is told of."""
    daemon = Clamd(longest=100_000)
    site.services = configured(site, daemon.address)
    yield daemon
    daemon.stop()


def configured(site: Site, address: str) -> Services:
    settings = replace(site.services.settings, clamav=address)
    site.app.extensions["caseflow.settings"] = settings
    return Services(settings, site.rooms)


def scanned(site: Site) -> Blob:
    """Let the job run and return the blob of the one attachment."""
    site.services.examine_files(site.now)
    return blob(site)


def blob(site: Site) -> Blob:
    return site.ask(lambda s: s.scalars(select(Blob)).one())


def status(site: Site, more: str = "") -> int:
    return site.as_("handler").get(f"/console/attachments/{attachment(site)}{more}").status


def test_a_file_waits_for_the_scanner_and_says_so(site: Site, clamd: Clamd) -> None:
    number = received(site, "照片.jpg", photo())
    path = f"/console/attachments/{attachment(site)}"
    answer = site.as_("handler").get(path)
    assert answer.status == 423
    assert "正在检查病毒" in answer.text
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "正在检查病毒" in page.text
    assert f"{path}/picture" not in page.html
    assert status(site, "/picture") == 404
    assert status(site, "/original") == 404
    site.services.examine_files(site.now)
    assert status(site) == status(site, "/picture") == status(site, "/original") == 200
    assert photo() in clamd.seen, "the file as it came, not the picture made of it"


def test_without_a_scanner_nothing_is_held_back(site: Site) -> None:
    received(site, "a.pdf", b"%PDF-1.7\n")
    assert site.services.examine_files(site.now) == 0
    assert status(site) == 200


def test_what_is_infected_is_handed_out_to_nobody_and_the_handler_is_told(
    site: Site, clamd: Clamd
) -> None:
    number = received(site, "通知.pdf", VIRUS)
    assert scanned(site).scan == "infected"
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "检出病毒，不能下载" in page.text
    assert "Eicar-Test-Signature" in page.text
    assert status(site) == 423
    assert status(site, "/original") == 404
    path = f"/console/attachments/{attachment(site)}/original"
    assert site.as_("handler").post(path, reason=WHY).status == 423
    told = site.ask(lambda s: s.scalars(select(Event).where(Event.name == "infected")).all())
    assert len(told) == 1
    site.services.examine_files(site.now)
    assert len(entries(site)) == 1, "a second run tells nobody twice"


def entries(site: Site) -> list[Entry]:
    return list(site.ask(lambda s: s.scalars(select(Entry).where(Entry.verb == "infected")).all()))


def test_a_virus_that_is_known_is_told_again_in_the_next_case(site: Site, clamd: Clamd) -> None:
    received(site, "通知.pdf", VIRUS)
    site.services.examine_files(site.now)
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    page = on_item(site, "handler", number, "hand_in", file=a_file("材料.pdf", VIRUS))
    assert "检出病毒，不能下载" in page.text


def test_a_scanner_that_is_away_counts_against_no_file(site: Site, clamd: Clamd) -> None:
    received(site, "a.pdf", b"%PDF-1.7\n")
    clamd.stop()
    site.services = configured(site, "unix:/nonexistent/clamd.ctl")
    for _ in range(2 * examining.TRIES):
        assert site.services.examine_files(site.now) == 0
        site.later(hours=1)
    assert (blob(site).scan, blob(site).scan_tries) == ("unscanned", 0)
    again = Clamd()
    site.services = configured(site, again.address)
    site.services.examine_files(site.now)
    again.stop()
    assert status(site) == 200


def test_a_file_over_which_it_breaks_off_is_asked_again_and_then_left_to_a_person(
    site: Site, clamd: Clamd
) -> None:
    received(site, "a.pdf", b"%PDF-1.7\n" + bytes(5000))
    clamd.dies_after = 1000
    for tries in range(1, examining.TRIES):
        assert (scanned(site).scan, blob(site).scan_tries) == ("unscanned", tries)
        assert site.services.examine_files(site.now) == 0, "not at once"
        site.later(hours=1)
    assert scanned(site).scan == "failed"
    assert status(site) == 423
    path = f"/console/attachments/{attachment(site)}/original"
    answer = site.as_("handler").get(path).send(path, reason=WHY)
    assert answer.response.data.startswith(b"%PDF")


def test_a_file_that_is_too_large_for_it_is_left_to_a_person_at_once(
    site: Site, clamd: Clamd
) -> None:
    received(site, "a.pdf", b"%PDF-1.7\n" + bytes(200_000))
    assert scanned(site).scan == "failed"
    assert status(site, "/original") == 200


def test_what_came_lately_is_scanned_again_when_there_are_newer_signatures(
    site: Site, clamd: Clamd
) -> None:
    clamd.finds = b"nothing"
    received(site, "通知.pdf", VIRUS)
    assert scanned(site).scan == "clean"
    clamd.finds, clamd.signatures = EICAR, 27401
    site.later(days=2)
    site.services.forget_files(site.now)
    assert scanned(site).scan == "infected"
    assert len(entries(site)) == 1
    clamd.finds, clamd.signatures = b"nothing", 27402
    site.later(days=2)
    site.services.forget_files(site.now)
    assert scanned(site).scan == "clean", "it had erred"
    site.later(days=30)
    clamd.signatures = 27403
    site.services.forget_files(site.now)
    assert blob(site).scan_due is None


def test_of_two_processes_one_asks(site: Site, clamd: Clamd) -> None:
    received(site, "a.pdf", b"%PDF-1.7\n")
    first = site.database.run(lambda session: examining._claimed(session, site.now))
    assert len(first) == 1
    assert site.database.run(lambda session: examining._claimed(session, site.now)) == []
    later = site.now + examining.CLAIMED + timedelta(seconds=1)
    assert site.database.run(lambda session: examining._claimed(session, later)) == first


def test_files_from_before_are_looked_at_by_the_job(site: Site) -> None:
    received(site, "照片.jpg", photo())
    forgotten = {"held": "look", "shown_id": None, "about": ""}
    site.do(lambda session: session.execute(update(Blob).values(**forgotten)))
    assert status(site) == 423
    site.services.examine_files(site.now)
    answer = site.as_("handler").get(f"/console/attachments/{attachment(site)}")
    assert answer.status == 200
    assert PLACE not in answer.response.data
    assert status(site, "/original") == 200
