"""Text whose label lies: what the bytes say counts, and rare characters survive."""

import base64

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.mailbox import charset, encoded

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


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300), label=st.sampled_from(LABELS))
def test_any_bytes_under_any_label_become_text_that_can_be_stored(raw: bytes, label: str) -> None:
    text = charset.decode(raw, label)
    assert "\0" not in text
    text.encode("utf-8")  # raises on half a surrogate pair


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
