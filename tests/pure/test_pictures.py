"""Pictures are made anew: upright, in their colours, without a word of what the camera noted."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from caseflow.adapters.pictures import Pillow
from caseflow.files.pictures import NoPicture
from tests.pictures import HIGH, PLACE, WIDE, coloured, photo


def anew(content: bytes) -> Image.Image:
    return Image.open(BytesIO(Pillow().copy(content).content))


KINDS = ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF"]


@pytest.mark.parametrize(
    "came", [*map(photo, KINDS), photo(icc_profile=None)], ids=[*KINDS, "bare"]
)
def test_nothing_that_a_camera_notes_is_left(came: bytes) -> None:
    assert PLACE in came or PLACE.decode().encode("utf-16-le") in came
    copied = Pillow().copy(came)
    assert PLACE not in copied.content
    image = Image.open(BytesIO(copied.content))
    assert not image.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp"} & set(image.info)
    for marker in (b"Exif", b"http://ns.adobe.com", b"Photoshop", b"ICC_PROFILE", b"iCCP", b"eXIf"):
        assert marker not in copied.content


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_turned_as_the_camera_was_held(turned: int) -> None:
    image = anew(photo("JPEG", turned))
    assert image.size == ((WIDE, HIGH) if turned < 5 else (HIGH, WIDE))
    red = {1: (0, 0), 2: (1, 0), 3: (1, 0), 4: (0, 0), 5: (0, 0), 6: (0, 0), 7: (0, 1), 8: (0, 1)}
    x, y = (place * (size - 1) for place, size in zip(red[turned], image.size, strict=True))
    r, _, b = image.convert("RGB").getpixel((x, y))
    assert r > 150 > b


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA", "1", "I;16"])
def test_every_sort_of_colour_comes_through(mode: str) -> None:
    buffer = BytesIO()
    coloured("L" if mode == "I;16" else mode).convert(mode).save(buffer, "PNG")
    image = anew(buffer.getvalue())
    assert image.size == (WIDE, HIGH)
    assert image.mode in ("L", "RGB", "RGBA")


def test_a_print_shop_s_picture_becomes_one_for_screens() -> None:
    assert anew(photo("JPEG", mode="CMYK")).mode == "RGB"


def test_only_the_first_of_several_frames_is_shown_and_that_is_said() -> None:
    buffer = BytesIO()
    coloured().save(buffer, "GIF", save_all=True, append_images=[Image.new("RGB", (WIDE, HIGH))])
    copied = Pillow().copy(buffer.getvalue())
    assert copied.more
    assert copied.media_type == "image/png"


def test_a_large_photograph_becomes_smaller_and_a_long_screenshot_stays_legible() -> None:
    buffer = BytesIO()
    Image.new("RGB", (8000, 6000), (9, 9, 9)).save(buffer, "JPEG", quality=20)
    assert min(anew(buffer.getvalue()).size) <= 3072
    buffer = BytesIO()
    Image.new("RGB", (1080, 20_000), (9, 9, 9)).save(buffer, "JPEG", quality=20)
    assert anew(buffer.getvalue()).size == (1080, 20_000)


def bomb(side: int) -> bytes:
    """Return a PNG of side × side pixels in a few hundred bytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + checked

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(100_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def progressive() -> bytes:
    buffer = BytesIO()
    Image.new("L", (9000, 9000)).save(buffer, "JPEG", progressive=True, quality=1)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe0 no picture",
        photo("JPEG")[:300],
        photo("PNG")[:-40],
        bomb(50_000),
        progressive(),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    ],
    ids=["nothing", "a lie", "cut JPEG", "cut PNG", "bomb", "held whole", "PostScript"],
)
def test_what_cannot_be_made_anew_is_said_so(content: bytes) -> None:
    with pytest.raises(NoPicture):
        Pillow().copy(content)
