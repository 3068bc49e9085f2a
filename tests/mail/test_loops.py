"""Our own mail that comes back opens no case and is answered by nobody."""

from datetime import datetime

import pytest

from caseflow.intake.rooms import Rooms
from tests.mail.ledger import counts, quarantined
from tests.mail.post import OURS, answered, carried_out, give, letter


def test_what_we_sent_and_got_back_is_set_aside(rooms: Rooms, now: datetime) -> None:
    _, receipt = answered(rooms, now)
    back = letter(by=OURS, text=receipt.text).replace(b"<one@", f"<{receipt.message_id}@".encode())
    assert give(rooms, back, now).word == "quarantined"
    assert [reason for reason, _ in quarantined(rooms)] == [
        "本系统发出的邮件又寄回本系统，请检查转发设置"
    ]
    assert carried_out(rooms, now) == []
    assert counts(rooms)["report"] == 1


@pytest.mark.parametrize(("hops", "word"), [(60, "kept"), (61, "quarantined")])
def test_what_went_through_too_many_servers_goes_round(
    sqlite_rooms: Rooms, now: datetime, hops: int, word: str
) -> None:
    assert give(sqlite_rooms, letter(*[b"Received: from a by b"] * hops), now).word == word


def test_an_id_that_only_looks_like_ours_is_a_persons(sqlite_rooms: Rooms, now: datetime) -> None:
    raw = letter().replace(b"<one@", f"<{'a' * 32}-{'b' * 24}@".encode())
    assert give(sqlite_rooms, raw, now).word == "kept"
