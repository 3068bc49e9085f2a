"""How many text messages a text is: 160 and 153 in GSM's alphabet, 70 and 67 beyond it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.notices.sms_segments import fitting, segments


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("a" * 152 + "€" + "a" * 151, 2),  # the escaped one goes over whole
        ("a" * 152 + "€" + "a" * 152, 3),
        ("中" * 70, 1),
        ("中" * 71, 2),
        ("中" * 134, 2),
        ("中" * 135, 3),
        ("a" * 70 + "中", 2),
        ("𠮷" * 35, 1),
        ("😀" * 35 + "a", 2),
        ("中" * 66 + "😀" + "中" * 66, 3),  # 134 units, and none of them parted
        ("中" * 66 + "😀" + "中" * 65, 2),
        ("é`", 1),
        ("`" * 71, 2),  # a backquote is no character of GSM
    ],
)
def test_segments_are_counted_as_the_networks_count(text: str, number: int) -> None:
    assert segments(text) == number


@given(st.text(max_size=900), st.integers(1, 6))
def test_a_text_is_cut_to_what_may_be_and_never_through_a_character(text: str, most: int) -> None:
    cut = fitting(text, most)
    assert segments(cut) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))
    assert fitting(cut, most) == cut


@given(st.text(max_size=400), st.text(max_size=5))
def test_more_text_is_never_fewer_messages(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)
