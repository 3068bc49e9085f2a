"""Any tree of parts, and any damage to it: never an exception, nothing that was written is lost."""

import base64
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.mailbox.parse import Unparseable, parse
from caseflow.intake.delivery import deliver
from caseflow.intake.rooms import Rooms
from tests.mail.conftest import office
from tests.mail.ledger import original, rows
from tests.mail.writing import qp

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
CHARSETS = st.sampled_from(["utf-8", "gb18030", "big5", "utf-16", "utf-7"])
LABELS = st.sampled_from(["", "utf-8", "gb2312", "us-ascii", "x-unknown", '"GBK"', "iso-8859-1"])
TYPES = st.sampled_from(
    ["text/plain", "text/html", "TEXT/Plain", "text/x-odd", "image/png", "application/pdf",
     "application/octet-stream", "application/ms-tnef", "application/pkcs7-mime", "text/calendar",
     "message/rfc822", "message/delivery-status", "rubbish", ""]
)  # fmt: skip
PLACED = st.sampled_from(
    [b"", b"inline", b"attachment", b"attachment; filename=a.txt",
     b"inline; filename==?gbk?B?0A==?=",

     b"attachment; filename*0*=utf-8''%e6; filename*1*=%8a", b"attachment; filename=\xb6\xab"]
)  # fmt: skip
MULTI = st.sampled_from(["mixed", "related", "signed", "report", "digest", "encrypted", "odd"])
_SERIAL = count(1)


class Tree:
    """A part with its bytes, and the words in it that must not be lost."""

    def __init__(self, raw: bytes, words: list[str]) -> None:
        self.raw, self.words = raw, words


@st.composite
def leaf(draw: st.DrawFn) -> Tree:
    """Return a part without parts: its words in some writing, under some label, coded somehow."""
    word = f"投诉{next(_SERIAL)}号件"
    content = word.encode(draw(st.sampled_from(["utf-8", "gb18030"])))
    kind, label, placed = draw(TYPES), draw(LABELS), draw(PLACED)
    coding = draw(st.sampled_from(["base64", "quoted-printable", "8bit", "7bit", ""]))
    if kind == "text/calendar":
        content = b"BEGIN:VEVENT\nSUMMARY:" + content + b"\nEND:VEVENT"
    body = {"base64": base64.encodebytes(content), "quoted-printable": qp(content)}.get(
        coding, content
    )
    head = b"".join(
        [
            b"Content-Type: %s%s\r\n"
            % (kind.encode(), b"; charset=" + label.encode() if label else b"")
            if kind
            else b"",
            b"Content-Disposition: " + placed + b"\r\n" if placed else b"",
            b"Content-Transfer-Encoding: " + coding.encode() + b"\r\n" if coding else b"",
        ]
    )
    return Tree(head + b"\r\n" + body, [word])


@st.composite
def branch(draw: st.DrawFn, children: st.SearchStrategy[Tree]) -> Tree:
    """Return a part of parts; of an alternative every version says the same."""
    parts = draw(st.lists(children, min_size=1, max_size=4))
    mark = b"b%d" % next(_SERIAL)
    kind = draw(MULTI).encode()
    closed = draw(st.booleans())
    raw = b"Content-Type: multipart/%s; boundary=%s\r\n\r\n" % (kind, mark)
    raw += b"".join(b"--" + mark + b"\r\n" + one.raw + b"\r\n" for one in parts)
    raw += b"--" + mark + b"--\r\n" if closed else b""
    return Tree(raw, [word for one in parts for word in one.words])


TREES = st.recursive(leaf(), branch, max_leaves=8)


def message(tree: Tree) -> bytes:
    """Return the mail with this body."""
    head = b"From: a@b.example\r\nSubject: %d\r\nMIME-Version: 1.0\r\n" % next(_SERIAL)
    return head + tree.raw


@settings(max_examples=150, deadline=None)
@given(tree=TREES)
def test_every_word_is_in_the_text_or_in_a_file(tree: Tree) -> None:
    report = parse(message(tree), NOW).report
    kept = [report.text.encode(), *(file.content for file in report.files)]
    for word in tree.words:
        written = (word.encode(), word.encode("gb18030"))
        coded = (base64.b64encode(one) for one in written)
        wanted = (*written, *coded, *(qp(one) for one in written))
        assert any(one in content for one in wanted for content in kept), word


@settings(max_examples=250, deadline=None)
@given(
    tree=TREES,
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=10)), max_size=5
    ),
)
def test_no_damage_to_a_tree_is_more_than_a_refusal(
    tree: Tree, cuts: list[tuple[float, int, bytes]]
) -> None:
    raw = bytearray(message(tree))
    for place, size, inserted in cuts:
        at = int(place * len(raw))
        raw[at : at + size] = inserted
    try:
        report = parse(bytes(raw), NOW).report
    except Unparseable:
        return
    for text in (report.text, report.subject, report.contact.name):
        assert "\0" not in text
        text.encode("utf-8")
    assert report.original == bytes(raw)


@pytest.fixture
def door(sqlite_database, tmp_path):  # type: ignore[no-untyped-def]
    """An office that all examples come to."""
    return office(sqlite_database, tmp_path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tree=TREES, noise=st.binary(max_size=30), place=st.floats(0, 1), hour=st.integers(0, 10**5))
def test_whatever_comes_to_the_door_is_kept_whole(
    door: Rooms, tree: Tree, noise: bytes, place: float, hour: int
) -> None:
    raw = message(tree)
    at = int(place * len(raw))
    raw = raw[:at] + noise + raw[at:]
    outcome = deliver(door, BytesIO(raw), NOW + timedelta(hours=hour))
    query = "SELECT original_id FROM report WHERE number = :it"
    if outcome.quarantine is not None:
        query = (
            "SELECT original_id FROM quarantine WHERE id = :it UNION ALL"
            " SELECT original_id FROM quarantine_folded WHERE quarantine_id = :it"
        )
    found = rows(door, query, it=outcome.quarantine or outcome.report)
    assert raw in [original(door, one) for (one,) in found]
    assert outcome.word != "quarantined" or not any(
        "解析邮件时出错" in row[0] or "登记来件时出错" in row[0]
        for row in rows(door, "SELECT reason FROM quarantine")
    )
