"""Files and long texts: nothing is cut, and no more is unpacked than anybody sends."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.mailbox import markup, structure, transfer
from caseflow.intake.channels.mailbox.parse import Unparseable, parse
from tests.mail.writing import FROM, multipart, part

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300), way=st.sampled_from(["base64", "quoted-printable", "uuencode"]))
def test_any_bytes_under_any_transfer_encoding_become_bytes(raw: bytes, way: str) -> None:
    assert isinstance(transfer.undo(raw, way), bytes)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=400))
def test_base64_comes_back_whatever_its_lines(content: bytes) -> None:
    lines = base64.encodebytes(content)
    for written in (lines, lines.replace(b"\n", b"\r\n"), b" " + lines, lines.replace(b"=", b"")):
        assert transfer.undo(written, "base64") == content


def test_more_files_than_anybody_sends_are_not_unpacked() -> None:
    one = b"begin 644 a\n#86)C\n`\nend\n"
    head = b"From: a@b.example\nSubject: x\nContent-Type: text/plain\n\n"
    assert len(parse(head + one * 200, NOW).report.files) == 200
    with pytest.raises(Unparseable, match="200"):
        parse(head + one * 5_000, NOW)
    assert len(transfer.uuencoded(one * 5_000, 200)) == 201


def test_encodings_one_within_the_other_are_not_all_undone() -> None:
    """Each is a copy of all that lies in it: thirty of them are thirty times the message."""
    body = part(b"Content-Type: application/pdf", body=b"%PDF " + b"y" * 20_000)
    for n in range(28):
        boundary = b"b%d" % n
        coded = b"Content-Transfer-Encoding: quoted-printable"
        kind = b"Content-Type: multipart/mixed; boundary=" + boundary
        body = part(kind, coded, body=multipart(boundary, body))
    raw = FROM + b"\r\n" + body
    held, waiting = set[bytes](), [structure.tree(raw)]
    while waiting:
        one = waiting.pop()
        held.add(one.raw)
        waiting += one.children
    assert sum(map(len, held)) <= 4 * len(raw)
    found = parse(raw, NOW).report
    assert any(b"y" * 20_000 in file.content for file in found.files)  # kept as it came


def test_a_text_too_long_for_a_page_comes_along_whole_as_a_file() -> None:
    text = "字" * 150_000
    report = parse(b"From: a@b.c\r\n\r\n" + text.encode(), NOW).report
    assert len(report.text) < 100_100
    assert [(file.name, file.content) for file in report.files] == [("正文全文.txt", text.encode())]


def test_a_subject_too_long_for_one_stands_whole_above_the_text() -> None:
    subject = "长" * 3_000
    report = parse(f"From: a@b.c\r\nSubject: {subject}\r\n\r\n投诉".encode(), NOW).report
    assert report.subject == "长" * 1_000 + "…"
    assert report.text == f"{subject}\n\n投诉"


def test_what_a_reader_does_not_see_is_not_in_the_text() -> None:
    html = "<style>a{}</style><script>x()</script><title>t</title><p onclick=x()>投诉<img src=y>"
    assert markup.plain(html) == "投诉"
