"""Pictures made anew by Pillow: upright, in plain colours, with nothing beside what is seen.

What comes from strangers is read by a large library in C, so that little of it is used: the formats
of the list, one picture at a time in a process, and no more pixels than fit into memory.
"""

from io import BytesIO

from PIL import Image, ImageCms, ImageOps

from caseflow.files.pictures import Copied, NoPicture

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
_TOLD = 220_000_000
"""Pixels of a JPEG that is made smaller while it is read."""
_READ = 40_000_000
"""Pixels that are ever held, 160 MB at the most: a telephone's picture, or a long screenshot."""
_SHORT = 3072
"""Pixels of the shorter side; more tell nobody more."""
_TALLEST = 65_000  # what JPEG can hold
_QUALITY = 88
_PROFILE = 1024 * 1024
_LOSSLESS = ("PNG", "GIF", "BMP")

Image.MAX_IMAGE_PIXELS = None  # told before anything is unpacked, by the limits above


def anew(content: bytes) -> Copied:
    """Return a picture made anew. Raises NoPicture, or whatever Pillow makes of a damaged one."""
    with Image.open(BytesIO(content), formats=_FORMATS) as image:
        return _anew(image)


def _anew(image: Image.Image) -> Copied:
    lossless = image.format in _LOSSLESS
    more = image.format != "MPO" and getattr(image, "n_frames", 1) > 1
    _make_small(image)
    if image.width * image.height > _READ:
        raise NoPicture("too many pixels")
    plain = _plain(_in_srgb(_upright(image)))
    lossless = lossless or plain.mode == "RGBA" or max(plain.size) > _TALLEST
    return Copied(*_written(plain, lossless=lossless), more)


def _make_small(image: Image.Image) -> None:
    """Let a large JPEG be read at a half, a quarter or an eighth: it is never held whole."""
    pixels = image.width * image.height
    if image.format not in ("JPEG", "MPO") or image.info.get("progressive") or pixels > _TOLD:
        return  # a progressive one is held whole whatever is asked for
    if pixels > _READ:
        image.draft(None, (_SHORT // 2, _SHORT // 2))


def _upright(image: Image.Image) -> Image.Image:
    short = min(image.size)
    if short > _SHORT:
        size = (image.width * _SHORT // short, image.height * _SHORT // short)
        image.load()
        small = image.convert("RGB") if image.mode in ("CMYK", "YCbCr", "LAB") else image
        small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        small.info.update(image.info)
        small.getexif().update(image.getexif())
        image = small
    return ImageOps.exif_transpose(image)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return it in the colours that every screen assumes, so that no profile need come along."""
    profile = image.info.get("icc_profile") or b""
    if not profile or len(profile) > _PROFILE or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        out = image.mode if image.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(
            image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=out
        )
    except ImageCms.PyCMSError:
        return image
    return turned or image


def _plain(image: Image.Image) -> Image.Image:
    """Return it as grey, colour, or colour that can be seen through."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("L", "1"):
        return image.convert("L")
    through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return image.convert("RGBA" if through else "RGB")


def _written(image: Image.Image, *, lossless: bool) -> tuple[bytes, str]:
    image.info.clear()  # what is not written by name is written from there
    buffer = BytesIO()
    if lossless:
        image.save(buffer, "PNG")
        return buffer.getvalue(), "image/png"
    image.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue(), "image/jpeg"
