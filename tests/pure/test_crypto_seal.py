"""What is sealed opens only whole, in its place, with its key, and its length tells nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.crypto.keys import Key, KeyRing, SealBroken
from tests.pure.rings import fresh_key, rings_before_and_after_rotation

RING = KeyRing([fresh_key()])
PLACE = "identity:7f:phone"


@given(st.binary(max_size=10_000), st.text(max_size=60))
def test_what_was_sealed_comes_back_exactly(plaintext: bytes, context: str) -> None:
    assert RING.open(RING.seal(plaintext, context), context) == plaintext


@pytest.mark.parametrize("plaintext", [b"", b"\x80", b"\x80\x00\x00", b"\x00" * 63, b"\x80" * 64])
def test_plaintext_that_looks_like_padding_comes_back_exactly(plaintext: bytes) -> None:
    assert RING.open(RING.seal(plaintext, PLACE), PLACE) == plaintext


def test_every_altered_byte_is_noticed() -> None:
    sealed = RING.seal("张三".encode(), PLACE)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            RING.open(bytes(altered), PLACE)


def test_every_cut_is_noticed() -> None:
    sealed = RING.seal("张三".encode(), PLACE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            RING.open(sealed[:length], PLACE)


@given(st.binary(max_size=200))
def test_rubbish_is_refused_and_never_anything_else(rubbish: bytes) -> None:
    with pytest.raises(SealBroken):
        RING.open(rubbish, PLACE)


@pytest.mark.parametrize(
    "elsewhere", ["identity:7e:phone", "identity:7f:email", "identity:7f:phon", ""]
)
def test_ciphertext_moved_to_another_row_or_column_does_not_open(elsewhere: str) -> None:
    sealed = RING.seal(b"13812345678", PLACE)
    with pytest.raises(SealBroken):
        RING.open(sealed, elsewhere)


def test_another_key_under_the_same_id_does_not_open() -> None:
    with pytest.raises(SealBroken):
        KeyRing([fresh_key()]).open(RING.seal(b"x", PLACE), PLACE)


def test_a_key_missing_from_the_ring_is_said_by_its_id() -> None:
    with pytest.raises(SealBroken, match="k1"):
        KeyRing([fresh_key("k9")]).open(RING.seal(b"x", PLACE), PLACE)


def test_sealing_the_same_twice_gives_different_bytes() -> None:
    assert RING.seal(b"x", PLACE) != RING.seal(b"x", PLACE)


def test_the_length_of_a_short_field_tells_nothing() -> None:
    names = ["", "张三", "欧阳娜娜", "阿卜杜拉·买买提", "a" * 63]
    assert len({len(RING.seal(name.encode(), PLACE)) for name in names}) == 1


@given(st.integers(0, 20_000))
def test_length_is_known_by_bucket_only(size: int) -> None:
    shortest = len(RING.seal(b"", PLACE)) - 64
    padded = len(RING.seal(bytes(size), PLACE)) - shortest
    assert padded in {64, 128, 256, 512, 1024, 2048} or padded % 4096 == 0
    assert size < padded <= max(64, size * 2 + 2, size + 4097)


def test_the_plaintext_is_nowhere_in_the_sealed_bytes() -> None:
    assert b"13812345678" not in RING.seal(b"13812345678", PLACE)


def test_a_rotated_ring_opens_the_old_and_seals_with_the_new() -> None:
    before, after = rings_before_and_after_rotation()
    assert after.open(before.seal(b"old", PLACE), PLACE) == b"old"
    with pytest.raises(SealBroken):
        before.open(after.seal(b"new", PLACE), PLACE)


def test_sessions_signed_before_a_rotation_are_still_known() -> None:
    before, after = rings_before_and_after_rotation()
    assert after.session_secret() != before.session_secret()
    assert after.session_fallbacks() == [before.session_secret()]


def test_every_purpose_has_a_key_of_its_own() -> None:
    purposes = ("column", "blind:phone", "blind:email", "receipt:code", "file:name", "session")
    assert len({RING.subkey(purpose, "k1") for purpose in purposes}) == len(purposes)


def test_sealed_bytes_of_the_first_format_still_open() -> None:
    """Written down when format 1 was made: a change that loses old rows fails here."""
    ring = KeyRing([Key("k1", bytes.fromhex(KNOWN_SECRET))])
    assert ring.open(bytes.fromhex(KNOWN_SEALED), PLACE) == b"13812345678"


KNOWN_SECRET = "b6573c684d1a38b861855285a0a63003d34193e99da2d4e9c2aa9401c571f384"
KNOWN_SEALED = (
    "01026b316e2e9f01905c1036c38de9d1f7ffaab7ec6ca3a79c526c3b31072523de1af501f058ccca"
    "20058231c76d75469f9bb7f4e576b7f81d7ba76b64bd968107ceea84e675408fc715916d8a0fa9e0"
    "90333ab68c15581c8e6b271b15f9c878"
)
