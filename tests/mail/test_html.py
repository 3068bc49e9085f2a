"""HTML that nobody wrote by hand: read as a browser would, in a time that grows with its length."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.mailbox import markup
from tests.servers import ROOT


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
