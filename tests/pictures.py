"""Pictures as telephones make them: with a place, a moment, a name, and lying on their side."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageCms, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

PLACE = b"GPS-26.8876N"
"""Stands in every note of `photo`: whoever finds it found what the camera wrote."""
WIDE, HIGH = 64, 32


def coloured(mode: str = "RGB", size: tuple[int, int] = (WIDE, HIGH)) -> Image.Image:
    """Return a picture that is red on the left and blue on the right."""
    image = Image.new("RGB", size, (20, 40, 200))
    image.paste((200, 30, 30), (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def exif(turned: int = 1) -> bytes:
    """Return a camera's notes: the place as words and as numbers, which way up, a comment."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010E], notes[0x0132] = turned, PLACE.decode(), "2026:03:03 10:00:00"
    gps = notes.get_ifd(0x8825)
    gps[1], gps[2] = "N", (IFDRational(26), IFDRational(53), IFDRational(15))
    gps[29] = PLACE.decode()
    return notes.tobytes()


def xmp() -> bytes:
    """Return an XMP note of the place."""
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + PLACE + b"</x:xmpmeta>"


@cache
def photo(kind: str = "JPEG", turned: int = 1, mode: str = "RGB", **more: object) -> bytes:
    """Return a picture of that kind in which every place for notes is full; always the same."""
    image, buffer = coloured(mode), BytesIO()
    notes: dict[str, object] = {"exif": exif(turned)}
    if kind in ("JPEG", "WEBP"):
        notes["xmp"] = xmp()
    if kind == "JPEG":
        notes["comment"] = PLACE
        notes["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", PLACE.decode())
        words.add_itxt("XML:com.adobe.xmp", xmp().decode())
        notes["pnginfo"] = words
    if kind == "GIF":
        notes = {"comment": PLACE}
    if kind == "BMP":
        notes = {}
    image.save(buffer, kind, **{**notes, **more})
    return buffer.getvalue()
