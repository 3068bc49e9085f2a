"""A sealed stream opens chunk by chunk, in order, whole, under its own name, or not at all."""

import pytest

from caseflow.crypto.keys import KeyRing, SealBroken
from caseflow.crypto.stream import CHUNK, HEADER, Opener, Sealer
from tests.pure.rings import fresh_key, rings_before_and_after_rotation

RING = KeyRing([fresh_key()])


def sealed(pieces: list[bytes], name: str = "n", ring: KeyRing = RING) -> tuple[bytes, list[bytes]]:
    """Return header and sealed chunks."""
    sealer = Sealer(ring)
    chunks = [sealer.chunk(piece, piece is pieces[-1]) for piece in pieces]
    return sealer.header(name), chunks


def opened(header: bytes, chunks: list[bytes], name: str = "n", ring: KeyRing = RING) -> bytes:
    """Open all chunks in the order given."""
    opener = Opener(ring, header, name)
    return b"".join(opener.chunk(chunk) for chunk in chunks)


@pytest.mark.parametrize(
    "pieces", [[b""], [b"x"], [b"a" * CHUNK], [b"a" * CHUNK, b"b" * CHUNK, b"c"]]
)
def test_a_stream_comes_back(pieces: list[bytes]) -> None:
    header, chunks = sealed(pieces)
    opener = Opener(RING, header, "n")
    assert opener.chunks == len(pieces)
    assert opener.sealed_size == HEADER + sum(map(len, chunks))
    assert opened(header, chunks) == b"".join(pieces)


def test_every_altered_byte_of_the_header_is_noticed() -> None:
    header, _ = sealed([b"x"])
    for position in range(len(header)):
        altered = bytearray(header)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            Opener(RING, bytes(altered), "n")


def test_a_stream_under_another_name_is_refused_before_its_first_chunk() -> None:
    header, _ = sealed([b"x"], "mine")
    with pytest.raises(SealBroken):
        Opener(RING, header, "yours")


def test_chunks_cannot_change_places_or_be_doubled() -> None:
    header, (first, second, third) = sealed([b"a" * CHUNK, b"b" * CHUNK, b"c"])
    for order in ([second, first, third], [first, first, third], [first, third], [third]):
        with pytest.raises(SealBroken):
            opened(header, order)


def test_a_chunk_of_another_stream_of_the_same_content_does_not_fit() -> None:
    header, chunks = sealed([b"a" * CHUNK, b"b"])
    _, others = sealed([b"a" * CHUNK, b"b"])
    with pytest.raises(SealBroken):
        opened(header, [chunks[0], others[1]])


def test_a_middle_chunk_cannot_pass_as_the_last() -> None:
    header, chunks = sealed([b"a" * CHUNK])
    longer, more = sealed([b"a" * CHUNK, b"b"])
    assert opened(header, chunks) == b"a" * CHUNK
    opener = Opener(RING, longer, "n")
    opener.chunks = 1
    with pytest.raises(SealBroken):
        opener.chunk(more[0])


def test_a_short_chunk_in_the_middle_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="last"):
        Sealer(RING).chunk(b"short", last=False)


def test_streams_sealed_before_a_rotation_still_open() -> None:
    before, after = rings_before_and_after_rotation()
    header, chunks = sealed([b"x"], ring=before)
    assert opened(header, chunks, ring=after) == b"x"
