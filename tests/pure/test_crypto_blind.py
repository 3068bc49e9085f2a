"""One number has one blind index however it is typed, and no two numbers share one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.crypto.blind import (
    email_index,
    normal_email,
    normal_phone,
    phone_index,
    phone_indexes,
)
from caseflow.crypto.keys import KeyRing
from tests.pure.rings import fresh_key, rings_before_and_after_rotation

RING = KeyRing([fresh_key()])

MOBILE = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "1381234-5678",
    " 138 1234 5678 ",
    "+86 138 1234 5678",
    "+8613812345678",
    "(+86)138.1234.5678",
    "0086-13812345678",
    "00 86 138 1234 5678",
    "8613812345678",
    "013812345678",
    "１３８１２３４５６７８",
    "١٣٨١٢٣٤٥٦٧٨",
    "＋８６　１３８－１２３４－５６７８",
    "tel:+86-138-1234-5678",
    "手机13812345678（妈妈）",
    "13812345678/13912345678",
    "13812345678、0739-5322222",
    "13812345678 或 13912345678",
]
LANDLINE = [
    "0739-5322222",
    "0739 5322222",
    "07395322222",
    "(0739)5322222",
    "（０７３９）５３２２２２２",
    "+86 739 5322222",
    "+86 (0)739 532 2222",
    "0086-739-5322222",
    "867395322222",
    "0739-5322222-801",
    "0739-5322222转801",
    "0739-5322222 分机 801",
    "0739-5322222 ext. 801",
    "0739-5322222#801",
]
BEIJING = ["010-12345678", "01012345678", "+861012345678", "(010) 1234 5678"]
OTHERS = ["+852 2345 6789", "+1 415 555 2671", "400-812-3123", "12345", "5322222", "13812345679"]


@pytest.mark.parametrize(
    ("spellings", "normal"),
    [(MOBILE, "+8613812345678"), (LANDLINE, "+867395322222"), (BEIJING, "+861012345678")],
    ids=["mobile", "landline", "two-digit area"],
)
def test_every_spelling_of_a_number_has_one_index(spellings: list[str], normal: str) -> None:
    assert {typed: normal_phone(typed) for typed in spellings} == dict.fromkeys(spellings, normal)
    assert len({phone_index(RING, typed) for typed in spellings}) == 1


def test_different_numbers_have_different_indexes() -> None:
    numbers = [MOBILE[0], LANDLINE[0], BEIJING[0], *OTHERS]
    assert len({phone_index(RING, typed) for typed in numbers}) == len(numbers)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("00852 2345 6789", "+85223456789"),
        ("+86 12345", "12345"),
        ("1 2 3 4 5", "12345"),
        ("4008123123", "+864008123123"),
    ],
)
def test_foreign_and_short_numbers_have_a_normal_form_too(typed: str, normal: str) -> None:
    assert normal_phone(typed) == normal


@pytest.mark.parametrize("typed", ["", "   ", "无", "不详", "-", "+", "12", "1" * 22, "+86"])
def test_what_is_no_number_has_no_index(typed: str) -> None:
    assert phone_index(RING, typed) is None
    assert phone_indexes(RING, typed, "0739") == []


@given(st.text(max_size=40) | st.from_regex(r"[+0-9 ()\-/]{1,24}", fullmatch=True))
def test_any_typing_has_a_stable_normal_form(typed: str) -> None:
    normal = normal_phone(typed)
    assert normal is None or normal_phone(normal) == normal
    address = normal_email(typed)
    assert address is None or normal_email(address) == address


@given(st.text(max_size=10), st.sampled_from(["\n", "\r\nBcc: ", "\x00", "\t", ", x@y.z"]))
def test_an_address_never_carries_a_second_header(text: str, middle: str) -> None:
    address = normal_email(f"{text}{middle}li@qq.com")
    assert address is None or not set(address) & set("\r\n\t\x00 ,")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.data())
def test_any_mobile_number_survives_any_grouping(number: str, data: st.DataObject) -> None:
    cuts = data.draw(st.sets(st.integers(1, 10), max_size=3))
    typed = "".join(f" {digit}" if at in cuts else digit for at, digit in enumerate(number))
    prefix = data.draw(st.sampled_from(["", "+86", "0086 ", "+86-", "86"]))
    assert phone_index(RING, prefix + typed) == phone_index(RING, number)


def test_a_local_number_and_the_one_with_the_office_s_area_code_find_each_other() -> None:
    local, full = phone_index(RING, "5322222"), phone_index(RING, "0739-5322222")
    assert local != full
    assert phone_indexes(RING, "532-2222", "0739") == [local, full]
    assert phone_indexes(RING, "0739 5322222", "0739") == [full, local]
    assert phone_indexes(RING, "0731 5322222", "0739") == [phone_index(RING, "07315322222")]
    assert phone_indexes(RING, "5322222") == [local]


@pytest.mark.parametrize(
    "typed",
    [
        "li@qq.com",
        "LI@QQ.COM",
        " Li@qq.com ",
        "李 <li@qq.com>",
        "ｌｉ＠ｑｑ．ｃｏｍ",
        "mailto:li@qq.com.",
    ],
)
def test_every_spelling_of_an_address_has_one_index(typed: str) -> None:
    assert email_index(RING, typed) == email_index(RING, "li@qq.com")
    assert normal_email(typed) == "li@qq.com"


@pytest.mark.parametrize(
    "typed", ["", "无", "li", "li@", "@qq.com", "li@qq", "l i@qq.com", "a\x00@b.c"]
)
def test_what_is_no_address_has_no_index(typed: str) -> None:
    assert email_index(RING, typed) is None


def test_an_index_survives_rotation() -> None:
    before, after = rings_before_and_after_rotation()
    assert phone_index(after, MOBILE[0]) == phone_index(before, MOBILE[3])
    assert email_index(after, "li@qq.com") == email_index(before, "li@qq.com")


def test_an_index_needs_the_key() -> None:
    assert phone_index(RING, MOBILE[0]) != phone_index(KeyRing([fresh_key()]), MOBILE[0])


def test_an_index_fits_its_column_and_holds_no_digit_run_of_the_number() -> None:
    index = phone_index(RING, MOBILE[0])
    assert index is not None
    assert len(index) == 64
    assert MOBILE[0] not in index


def test_columns_do_not_share_indexes() -> None:
    from caseflow.crypto.blind import _keyed

    assert _keyed(RING, "phone", "same") != _keyed(RING, "email", "same")
