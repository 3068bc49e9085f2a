"""The channel's own id of a letter: the same by any route, another for any other letter."""

import base64
from datetime import UTC, datetime

import pytest

from caseflow.intake.channels.mailbox import fingerprint
from caseflow.intake.channels.mailbox.parse import parse

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


BASE = b"Message-ID: <1@x>\r\nFrom: a@b.c\r\nDate: d\r\nSubject: s\r\n\r\nbody\r\nFrom here\r\n"


def key(raw: bytes) -> str:
    """Return the id under which a message would be kept."""
    return parse(raw, NOW).report.channel_key


@pytest.mark.parametrize(
    "same",
    [
        b"Received: from x by y\r\nDelivered-To: z\r\nX-Spam: no\r\n" + BASE,
        BASE.replace(b"\r\n", b"\n"),
        b"From a@b.c Tue Mar  3\n" + BASE.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From "),
        BASE + b"\r\n\r\n",
        BASE.replace(b"\r\n\r\nbody", b"\r\nContent-Transfer-Encoding: base64\r\n\r\nbody").replace(
            b"body\r\nFrom here\r\n", base64.b64encode(b"body\r\nFrom here\r\n")
        ),
    ],
    ids=["trace fields", "newlines", "mailbox file", "empty lines", "encoded anew"],
)
def test_the_same_message_by_another_route_has_the_same_id(same: bytes) -> None:
    assert key(same) == key(BASE)


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace(b"body", b"Body"),
        BASE.replace(b"Date: d", b"Date: e"),
        BASE.replace(b"Subject: s", b"Subject: t"),
        BASE.replace(b"a@b.c", b"a@b.d"),
        BASE.replace(b"<1@x>", b"<2@x>"),
    ],
    ids=["body", "date", "subject", "sender", "message id"],
)
def test_another_message_has_another_id(other: bytes) -> None:
    assert key(other) != key(BASE)


def test_an_id_of_pieces_is_that_of_the_whole() -> None:
    whole = BASE + b"x\r\n" * 700_000
    digest = fingerprint.RawDigest()
    for at in range(0, len(whole), 65_521):
        digest.update(whole[at : at + 65_521])
    assert digest.hexdigest() == fingerprint.of_raw(whole)
    assert fingerprint.of_raw(b"Received: x\r\n" + whole) == fingerprint.of_raw(whole)
    assert fingerprint.of_raw(whole + b"y") != fingerprint.of_raw(whole)
