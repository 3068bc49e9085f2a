"""Reading mail: properties that hold for any bytes, any label, any route."""

import base64
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.mailbox import charset, encoded, fingerprint, markup, transfer
from caseflow.intake.channels.mailbox.parse import Unparseable, parse
from tests.servers import ROOT

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
SAMPLES = sorted((Path(__file__).parents[1] / "mail" / "samples").glob("*.eml"))
SMALL = [path.read_bytes() for path in SAMPLES if path.stat().st_size < 4_000]
LABELS = [
    "",
    "us-ascii",
    "utf-8",
    "UTF8",
    "gb2312",
    "GBK",
    "gb18030",
    "big5",
    "iso-8859-1",
    "windows-1252",
    "x-unknown",
    "hz-gb-2312",
    "utf-7",
    "\0",
    "rot13",
    "unicode_escape",
    "idna",
    "zip",
]
EVERYDAY = "我们学校的老师周末在家里收费补课食堂饭菜不干净请教育局来看一下孩子上学放学很晚作业多"
WORDS = st.text(alphabet=EVERYDAY, min_size=4, max_size=60)


# Any bytes


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a sample with bytes struck, doubled, swapped in from another, or cut."""
    raw = bytearray(draw(st.sampled_from(SMALL)))
    for _ in range(draw(st.integers(1, 8))):
        at, size = draw(st.integers(0, len(raw))), draw(st.integers(0, 40))
        other = draw(st.sampled_from(SMALL))
        start = draw(st.integers(0, len(other)))
        inserted = draw(
            st.one_of(
                st.binary(max_size=12),
                st.just(other[start : start + size]),
                st.sampled_from([b"\r\n", b"--", b"=?", b"?=", b"\0", b'"', b";", b"%", b"*0*="]),
            )
        )
        raw[at : at + draw(st.integers(0, size))] = inserted
    return bytes(raw)


@settings(max_examples=400, deadline=None)
@given(raw=mutated())
def test_a_damaged_message_is_read_or_refused_and_nothing_else(raw: bytes) -> None:
    try:
        report = parse(raw, NOW).report
    except Unparseable:
        return
    said = [report.subject, report.text, report.contact.name, report.contact.email]
    said += [file.name for file in report.files]
    for text in said:
        assert "\0" not in text
        text.encode("utf-8")  # raises on half a surrogate pair
    assert "\n" not in report.subject + report.contact.name
    assert all(file.name and "/" not in file.name for file in report.files)
    assert report.text
    assert report.original == raw
    assert len(report.channel_key) == 64


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300), label=st.sampled_from(LABELS))
def test_any_bytes_under_any_label_become_text_that_can_be_stored(raw: bytes, label: str) -> None:
    text = charset.decode(raw, label)
    assert "\0" not in text
    text.encode("utf-8")  # raises on half a surrogate pair


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


# Labels that lie


@settings(max_examples=300, deadline=None)
@given(
    text=WORDS,
    label=st.sampled_from(LABELS),
    name=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_everyday_chinese_is_read_whatever_the_label_says(text: str, label: str, name: str) -> None:
    assume((name, label) != ("gb18030", "big5"))  # 不不不不 is 祥祥祥祥 there: nobody could tell
    raw = text.encode(name)
    # 一一一一 in GB18030 is flawless UTF-8 too: without the right label, UTF-8 is believed.
    assume(name != "gb18030" or label.lower().startswith("gb") or not _is_utf8(raw))
    assert charset.decode(raw, label) == text


@pytest.mark.parametrize("label", ["gb2312", "gbk"])
def test_a_label_of_gb_is_believed_where_the_bytes_are_utf8_as_well(label: str) -> None:
    assert charset.decode("一一一一".encode("gb18030"), label) == "一一一一"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


@settings(max_examples=100, deadline=None)
@given(text=WORDS, rare=st.sampled_from("𠮷㑇䶮\U00030000堃喆"))
def test_rare_names_survive_a_label_that_is_too_narrow(text: str, rare: str) -> None:
    said = text[:3] + rare + text[3:]
    assert charset.decode(said.encode("gb18030"), "gb2312") == said


@pytest.mark.parametrize("label", ["", "big5", "gb2312", "iso-8859-1"])
def test_traditional_chinese_is_told_from_simplified(label: str) -> None:
    text = "學校老師週末補課收費，請教育局查處。"
    assert charset.decode(text.encode("big5"), label) == text


@settings(max_examples=200, deadline=None)
@given(text=WORDS, cut=st.integers(0, 200), way=st.sampled_from(["bytes", "base64"]))
def test_encoded_words_may_be_cut_anywhere(text: str, cut: int, way: str) -> None:
    raw = text.encode("gb18030")
    if way == "bytes":
        pieces = [base64.b64encode(raw[: cut % len(raw)]), base64.b64encode(raw[cut % len(raw) :])]
    else:
        whole = base64.b64encode(raw)
        pieces = [whole[: cut % len(whole)], whole[cut % len(whole) :]]
    words = b"\r\n ".join(b"=?gb2312?B?%s?=" % piece for piece in pieces)
    assert encoded.text(words) == text


# The channel's own id


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


# HTML that nobody wrote by hand


@pytest.mark.parametrize(
    "html",
    ["<div>" * 50_000 + "投诉", "<b><p>" * 50_000 + "投诉", "<!--" * 200_000 + "-->投诉"],
    ids=["nested", "misnested", "comments"],
)
def test_html_nested_without_end_is_read_all_the_same(html: str) -> None:
    assert markup.plain(html).endswith("投诉")


HOSTILE = """
import resource
from caseflow.intake.channels.mailbox import markup

resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
many = " ".join(f"a{n}" for n in range(100_000))
for html in (
    f"<p {many}>",
    f'<p x" {many}>',
    f'<p x" {many} ">',
    f'<p x" {many.replace("7 ", "< ")}>',
    "<p x=1" + " '" * 300_000 + ">",
    "<a " + "/" * 500_000 + "'>",
    "<a b=''" + "=" * 500_000 + ">",
    "<div></x>" * 100_000,
    "".join(f"<b a={n}></x><p>" for n in range(50_000)),
    "<a href=x><b>" * 50_000,
    "<pre><table><td>" * 50_000,
    "<script><!--" + "<script></script>" * 50_000 + "--></script>",
    "<" * 500_000 + "<i>",
    "&" * 500_000 + ";",
    "&#" + "1" * 500_000 + ";",
):
    assert markup.plain(html + "投诉").rstrip(" ()x").endswith("投诉"), html[:40]
for unended in ("<!--", "<!", "<?", "</", "<p ", "<p a='", '<a href="', "<script>", "<title>"):
    markup.plain("投诉" + unended * 100_000)
"""


def test_reading_html_takes_as_long_as_it_is_and_no_longer() -> None:
    """Whatever makes a parser look back costs minutes here; a second or two is enough without.

    The limit is on computing time, so that a busy machine changes nothing, and only ends a hang.
    """
    subprocess.run([sys.executable, "-c", HOSTILE], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p x" a=">">投诉</p>', "投诉"),
        ("<p a='<style>'>投诉</p>", "投诉"),
        ('<p a=b"c>投诉</p>"', '投诉\n\n"'),
        ("1 < 2 <<b>投诉</b> &lt;b>", "1 < 2 <投诉 <b>"),
        ("<!-->投<!--->诉<!-- > --!>了<! > <? >", "投诉了"),
        ("&amp;" * 2_500 + "&amp", "&" * 2_501),
        ("&#" + "1" * 5_000 + ";投诉&#25237", "\ufffd投诉投"),
        ("<p>投诉<p>食堂<div>收费", "投诉\n\n食堂\n\n收费"),
        ("投<o:p></o:p> <span> 诉</span>", "投 诉"),
        ("投诉<!-- <p>没有结尾", "投诉"),
        ("投诉<p class='没有结尾>", "投诉"),
        ("<pre>\n投\n  诉</pre>", "投\n诉"),
        (
            "<a href=' http://a.cn/?b=1&amp;c&copy=2 ' href=x>投诉</a>",
            "投诉 (http://a.cn/?b=1&c&copy=2)",
        ),
        ("<a href='java&#115;cript:x()'>投诉</a>", "投诉"),
        ("<a href=//a.cn>投<a href=//b.cn>诉</a></a>", "投 (//a.cn)诉 (//b.cn)"),
    ],
)
def test_html_is_read_as_a_browser_would(html: str, text: str) -> None:
    assert markup.plain(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<script>秘密</script>",
        "<SCRIPT/x=1>秘密</script >",
        "<script>a('</scripts>秘密')</script>",
        "<script>'<!--<script></script>秘密'--></script>",
        "<style><!-- </p>秘密 --></style\n>",
        "<style>秘密</ſtyle>秘密</style>",
        "<title>秘密<b></title>",
        "<object><object>秘密</object>秘密</object>",
        "<template><p>秘密</template>",
        "<noscript><p>秘密</noscript>",
        "<iframe><!--</iframe>",
        "<script>秘密",
    ],
)
def test_what_no_reader_sees_is_never_text(html: str) -> None:
    assert markup.plain(f"投{html}") == "投"
    if "</" in html:
        assert markup.plain(f"投{html}诉") == "投诉"


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(st.sampled_from(["<", ">", "/", "a", "!", "--", "=", '"', "'", "&", " ", "p"]))
)
def test_any_html_becomes_text(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert isinstance(markup.plain(html), str)
    assert markup.plain(f"投诉<br>{html}").startswith("投诉")


def test_more_files_than_anybody_sends_are_not_unpacked() -> None:
    one = b"begin 644 a\n#86)C\n`\nend\n"
    head = b"From: a@b.example\nSubject: x\nContent-Type: text/plain\n\n"
    assert len(parse(head + one * 200, NOW).report.files) == 200
    with pytest.raises(Unparseable, match="200"):
        parse(head + one * 5_000, NOW)
    assert len(transfer.uuencoded(one * 5_000, 200)) == 201


def test_a_sender_is_looked_for_in_what_anybody_writes() -> None:
    long = b"From: " + b"x" * 100_000 + b" <a@b.example>\nSubject: y\n\ntext"
    contact = parse(long, NOW).report.contact
    assert (contact.email, len(contact.name)) == ("", 200)


def test_what_a_reader_does_not_see_is_not_in_the_text() -> None:
    html = "<style>a{}</style><script>x()</script><title>t</title><p onclick=x()>投诉<img src=y>"
    assert markup.plain(html) == "投诉"


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
