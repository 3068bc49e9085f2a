"""Receipt codes: the same for a redelivery, different for everything else, kept as a hash only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.crypto.keys import KeyRing
from caseflow.crypto.receipts import code_hash, derive, matches, matches_nothing
from caseflow.refs import grouped
from tests.pure.rings import fresh_key, rings_before_and_after_rotation

RING = KeyRing([fresh_key()])
NUMBER = "430503-20261123-0007"


@given(st.text(max_size=30), st.text(max_size=60))
def test_a_code_is_sixteen_digits_and_stays_the_same(channel: str, key: str) -> None:
    code = derive(RING, channel, key).code
    assert len(code) == 16
    assert code.isascii()
    assert code.isdigit()
    assert derive(RING, channel, key).code == code


def test_the_same_key_on_another_channel_has_another_code() -> None:
    channels = ("webform", "telephone", "window", "letter", "handed_down", "mailbox")
    assert len({derive(RING, channel, "1").code for channel in channels}) == len(channels)


def test_channel_and_key_cannot_be_cut_differently() -> None:
    assert derive(RING, "ab", "c").code != derive(RING, "a", "bc").code
    assert code_hash(RING, "1", "23", "k1") != code_hash(RING, "12", "3", "k1")


def test_ten_thousand_codes_are_all_different() -> None:
    assert len({derive(RING, "webform", str(n)).code for n in range(10_000)}) == 10_000


def test_another_office_has_other_codes() -> None:
    assert derive(RING, "webform", "1") != derive(KeyRing([fresh_key()]), "webform", "1")


def test_a_redelivery_after_a_rotation_gets_the_code_it_got_before() -> None:
    before, after = rings_before_and_after_rotation()
    assert derive(after, "mailbox", "m1") == derive(before, "mailbox", "m1")


def test_a_hash_stored_before_a_rotation_still_matches() -> None:
    before, after = rings_before_and_after_rotation()
    receipt = derive(before, "webform", "1")
    stored = code_hash(before, NUMBER, receipt.code, receipt.key_id)
    assert matches(after, NUMBER, receipt.code, stored, receipt.key_id)


@pytest.mark.parametrize("spelling", [str, grouped, lambda code: grouped(code).replace(" ", "-")])
def test_the_right_code_matches_however_it_is_grouped(spelling: object) -> None:
    receipt = derive(RING, "webform", "1")
    stored = code_hash(RING, NUMBER, receipt.code, receipt.key_id)
    assert callable(spelling)
    assert matches(RING, NUMBER, spelling(receipt.code), stored, receipt.key_id)


def test_full_width_digits_match() -> None:
    receipt = derive(RING, "webform", "1")
    stored = code_hash(RING, NUMBER, receipt.code, receipt.key_id)
    wide = receipt.code.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert matches(RING, NUMBER, wide, stored, receipt.key_id)


def test_a_wrong_code_and_a_code_of_another_report_do_not_match() -> None:
    receipt = derive(RING, "webform", "1")
    stored = code_hash(RING, NUMBER, receipt.code, receipt.key_id)
    wrong = f"{(int(receipt.code) + 1) % 10**16:016d}"
    for number, typed in (
        (NUMBER, wrong),
        (NUMBER, ""),
        (NUMBER, receipt.code[:-1]),
        (NUMBER, stored),
        ("430503-20261123-0008", receipt.code),
    ):
        assert not matches(RING, number, typed, stored, receipt.key_id)


def test_a_number_that_does_not_exist_costs_the_same_keyed_hash_and_says_no() -> None:
    asked: list[str] = []

    class Counting(KeyRing):
        """A ring that notes which purposes are asked of it."""

        __slots__ = ()

        def mac(self, purpose: str, message: bytes, key_id: str) -> bytes:
            asked.append(f"{purpose} {len(message)}")
            return super().mac(purpose, message, key_id)

    ring = Counting([fresh_key()])
    assert not matches(ring, NUMBER, "1" * 16, "f" * 64, "k1")
    there = asked.copy()
    asked.clear()
    assert matches_nothing(ring, NUMBER, "1" * 16) is False
    assert asked == there


def test_the_hash_holds_neither_code_nor_number_and_fits_its_column() -> None:
    receipt = derive(RING, "webform", "1")
    stored = code_hash(RING, NUMBER, receipt.code, receipt.key_id)
    assert len(stored) == 64
    assert receipt.code not in stored


def test_the_hash_cannot_be_tried_out_without_the_key() -> None:
    receipt = derive(RING, "webform", "1")
    stored = code_hash(RING, NUMBER, receipt.code, receipt.key_id)
    assert code_hash(KeyRing([fresh_key()]), NUMBER, receipt.code, "k1") != stored


def test_a_receipt_never_shows_its_code() -> None:
    receipt = derive(RING, "webform", "1")
    assert receipt.code not in f"{receipt} {receipt!r} {[receipt]}"
