"""Large files in pieces: they go on where the line broke, and end as files of the form."""

import base64
import hashlib
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from caseflow.files.tables import Blob
from caseflow.intake import limits, pieces
from caseflow.intake.tables import Upload, UploadPart, UploadPiece
from tests.web.public_door import TEXT, attached, count, receipt
from tests.web.site import Page, Site, Visit

FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(range(256)) * 4000
PATH = "/report/pieces"
HALF = len(FILM) // 2


class Sender:
    """A browser with the form open, and the script that sends pieces."""

    def __init__(self, site: Site, visit: Visit | None = None) -> None:
        self.visit = visit or site.nobody()
        self.page: Page = self.visit.get("/report")
        self.token = ""

    def begin(self, size: int = len(FILM), name: str = "食堂.mp4", **other: str) -> TestResponse:
        form = self.page.form("/report").fields
        said = {"csrf_token": form["csrf_token"], "nonce": form["nonce"], **other}
        answer = self.visit.client.post(PATH, data={**said, "name": name, "size": str(size)})
        if answer.status_code == 201:
            self.token = answer.json["token"]  # type: ignore[index]
        return answer

    def piece(self, place: int, content: bytes, **headers: str) -> TestResponse:
        headers = {"Upload-Token": self.token, "Upload-Offset": str(place), **headers}
        return self.visit.client.patch(PATH, data=content, headers=headers)

    def stand(self) -> TestResponse:
        return self.visit.client.get(PATH, headers={"Upload-Token": self.token})

    def whole(self) -> TestResponse:
        form = self.page.form("/report").fields
        said = {"csrf_token": form["csrf_token"], "nonce": form["nonce"]}
        token = {"Upload-Token": self.token}
        return self.visit.client.post(f"{PATH}/whole", data=said, headers=token)

    def sent(self, content: bytes = FILM) -> str:
        """Send all of a file and return how the form names it."""
        assert self.begin(len(content)).status_code == 201
        for place in range(0, len(content), HALF):
            assert self.piece(place, content[place : place + HALF]).status_code == 204
        answer = self.whole()
        assert answer.status_code == 200, answer.text
        return str(answer.json["kept"])  # type: ignore[index]

    def report(self, **typed: Any) -> Page:
        form = self.page.form("/report")
        values = {**form.fields, "kind": "complaint", "text": TEXT, **typed}
        return self.visit.sent("/report", values)


def test_a_film_in_pieces_comes_with_the_report_as_if_the_form_had_brought_it(site: Site) -> None:
    sender = Sender(site)
    receipt(sender.report(kept=sender.sent()))
    assert attached(site) == [("食堂.mp4", len(FILM))]
    query = select(Blob).where(Blob.sha256 == hashlib.sha256(FILM).hexdigest())
    blob = site.ask(lambda session: session.scalars(query).one())
    assert blob.media_type == "video/mp4"
    assert count(site, UploadPiece) == 0


def test_it_goes_on_where_the_line_broke(site: Site) -> None:
    sender = Sender(site)
    sender.begin()
    sender.piece(0, FILM[:1000])
    answer = sender.stand()
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == (
        "1000",
        str(len(FILM)),
    )
    assert sender.piece(1000, FILM[1000:]).headers["Upload-Offset"] == str(len(FILM))
    assert sender.whole().status_code == 200


@pytest.mark.parametrize("place", [0, 999, 1001, 10**9])
def test_a_piece_for_another_place_is_refused_with_the_right_one(site: Site, place: int) -> None:
    sender = Sender(site)
    sender.begin()
    sender.piece(0, FILM[:1000])
    answer = sender.piece(place, FILM[place : place + 500] or b"x")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "1000")


def test_no_more_comes_than_was_told(site: Site) -> None:
    sender = Sender(site)
    sender.begin(1000)
    assert sender.piece(0, FILM[:1001]).status_code == 409
    assert sender.piece(0, FILM[:1000]).status_code == 204


def test_of_two_tabs_that_send_the_same_place_one_counts(site: Site) -> None:
    one = Sender(site)
    one.begin()
    other = Sender(site, one.visit)
    other.token = one.token
    assert one.piece(0, FILM[:1000]).status_code == 204
    assert other.piece(0, FILM[:2000]).status_code == 409
    rooms, now = site.rooms, site.now
    lies = pieces.blobs.put(rooms.store, b"late")
    with pytest.raises(pieces.WrongPlace):
        site.database.run(lambda s: pieces.add(s, rooms, one.token, 0, lies, now))


def test_a_piece_that_was_damaged_on_the_way_does_not_count(site: Site) -> None:
    sender = Sender(site)
    sender.begin()
    said = base64.b64encode(hashlib.sha256(FILM[:1000]).digest()).decode()
    checksum = {"Upload-Checksum": f"sha256 {said}"}
    assert sender.piece(0, FILM[:999] + b"?", **checksum).status_code == 460
    assert sender.piece(0, FILM[:1000], **{"Upload-Checksum": "sha256 ???"}).status_code == 460
    assert sender.piece(0, FILM[:1000], **checksum).status_code == 204


def test_a_file_that_is_not_whole_is_not_joined(site: Site) -> None:
    sender = Sender(site)
    sender.begin()
    sender.piece(0, FILM[:1000])
    answer = sender.whole()
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "1000")


def test_joining_twice_is_once_also_for_a_page_that_was_loaded_anew(site: Site) -> None:
    sender = Sender(site)
    kept = sender.sent()
    assert sender.whole().json["kept"] == kept  # type: ignore[index]
    again = Sender(site, sender.visit)
    again.token = sender.token
    receipt(again.report(kept=again.whole().json["kept"]))  # type: ignore[index]
    assert attached(site) == [("食堂.mp4", len(FILM))]


def test_another_form_cannot_name_it(site: Site) -> None:
    kept, other = Sender(site).sent(), Sender(site)
    assert other.report(kept=kept).status == 422
    assert attached(site) == []


def test_a_stranger_s_page_begins_nothing(site: Site) -> None:
    assert Sender(site).begin(csrf_token="foreign").status_code == 403
    assert Sender(site).begin(nonce="short").status_code == 403
    assert count(site, UploadPart) == 0


def test_without_the_secret_nothing_is_there(site: Site) -> None:
    sender = Sender(site)
    sender.begin()
    sender.token = "guessed"
    assert sender.stand().status_code == 404
    assert sender.piece(0, FILM[:10]).status_code == 404
    assert sender.whole().status_code == 404
    assert sender.visit.client.delete(PATH, headers={"Upload-Token": "guessed"}).status_code == 404


def test_neither_secret_nor_name_lies_open(site: Site) -> None:
    sender = Sender(site)
    sender.begin(name="张三的录像.mp4")
    row = site.ask(lambda session: session.scalars(select(UploadPart)).one())
    assert sender.token not in row.token
    assert "张三".encode() not in row.name


@pytest.mark.parametrize("size", [0, -1, 1024**3 + 1, 10**30])
def test_a_file_beyond_the_limit_is_refused_before_it_comes(site: Site, size: int) -> None:
    answer = Sender(site).begin(size)
    assert answer.status_code == 422
    assert "太大" in answer.json["told"]  # type: ignore[index]


def test_one_form_begins_no_more_than_it_may_send_twice(site: Site) -> None:
    sender, most = Sender(site), 2 * site.services.settings.max_files
    assert [sender.begin(10).status_code for _ in range(most + 1)] == [201] * most + [422]


def test_nobody_fills_the_disk(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Sender(site)
    monkeypatch.setattr(pieces, "WAITING", len(FILM))
    sender.sent()
    answer = Sender(site).begin(1)
    assert answer.status_code == 422
    assert "请过一会儿再试" in answer.json["told"]  # type: ignore[index]
    site.later(days=4)
    assert Sender(site).begin(1).status_code == 201


def test_the_door_as_a_whole_begins_only_so_many(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "BEGUN", limits.Limit("few", 2, pieces.BEGUN.window))
    assert [Sender(site).begin().status_code for _ in range(3)] == [201, 201, 422]


def test_a_piece_that_is_too_large_is_not_read(site: Site) -> None:
    sender = Sender(site)
    sender.begin(10 * pieces.PIECE)
    assert sender.piece(0, bytes(pieces.PIECE + 1)).status_code == 413
    assert sender.piece(0, b"").status_code == 413


def test_what_is_cancelled_is_gone(site: Site) -> None:
    sender = Sender(site)
    sender.begin()
    sender.piece(0, FILM[:1000])
    gone = sender.visit.client.delete(PATH, headers={"Upload-Token": sender.token})
    assert gone.status_code == 204
    assert sender.stand().status_code == 404
    assert count(site, UploadPiece) == 0
    other = Sender(site)
    kept = other.sent()
    other.visit.client.delete(PATH, headers={"Upload-Token": other.token})
    assert other.report(kept=kept).status == 422
    assert count(site, Upload) == 0


def test_what_never_ends_is_forgotten(site: Site) -> None:
    sender = Sender(site)
    sender.begin()
    sender.piece(0, FILM[:1000])
    site.later(hours=23)
    assert sender.stand().status_code == 200
    site.later(hours=2)
    assert sender.stand().status_code == 404
    site.services.forget_files(site.now)
    assert count(site, UploadPiece) == 0
    site.later(days=3)
    site.services.forget_files(site.now)
    assert count(site, UploadPart) == 0


def test_without_the_script_the_page_says_what_fits_a_form(site: Site) -> None:
    page = site.nobody().get("/report")
    assert 'data-pieces="/report/pieces"' in page.html
    assert "可能记有作者姓名" in page.text, "what is not taken out is said"
    assert "每个不超过 20 MB" in page.text
    assert "<noscript>" in page.html
