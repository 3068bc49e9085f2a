"""Turn bytes into text when the label beside them may lie.

A ladder over the raw bytes, because Chinese mail is labelled wrongly more often than not: byte
order mark, the labels whose bytes are plain ASCII (HZ, ISO-2022, UTF-7), UTF-8, wide characters,
damaged UTF-8, then GB18030 and Big5 weighed against each other by how much of the result is
everyday writing, then the label, and at the very end replacement characters.
"""

import codecs
import re
from functools import cache

from caseflow.intake.channels.mailbox import iso2022cn

_GB = re.compile(r"(x-|cs|euc-)?(gb|cp936|ms936|windows-936|chinese|iso-ir-58|euc-?cn|zh-cn)")
_BIG = re.compile(r"(x-)*(big5|cp950|ms950|windows-950)|zh-(tw|hk)")
_LATIN = frozenset({"ascii", "iso8859-1", "iso8859-15", "cp1252", "latin-1"})
_KNOWN = re.compile(
    r"(utf|iso8859|iso2022|cp\d|koi8|gb|big5|hz$|euc|shift|johab|mac|tis|ascii|latin|kz|ptcp|hp)"
)
_LABEL = re.compile(r"[a-z0-9_.:+-]{1,40}")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TURNERS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SAMPLE = 65_536
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》【】—…·￥\u3000℃％＋－／～")
BAD = "\ufffd"


def decode(raw: bytes, label: str = "") -> str:
    """Return the text of `raw`; `label` is the character set it claims, believed last.

    Never raises; line ends become newlines, NUL and other control characters go.
    """
    return tidy(_decode(raw, _codec(label)))


def tidy(text: str) -> str:
    """Return `text` as every database and page can hold it: newlines, no NUL, no half pairs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return _SURROGATES.sub(BAD, _CONTROLS.sub("", text))


def one_line(text: str) -> str:
    """Return `text` as one line for a subject or a name, without marks that turn its direction."""
    return " ".join(_TURNERS.sub("", tidy(text)).split())


def _codec(label: str) -> str:
    """Return Python's name for a label, 'gb' or 'big5' for their families, '' when unknown."""
    label = label.strip().strip("\"'").lower()
    if not _LABEL.fullmatch(label):
        return ""
    if label in {"hz-gb-2312", "hz"}:
        return "hz"
    if label in {"iso-2022-cn", "iso-2022-cn-ext", "iso2022-cn"}:
        return "iso2022_cn"
    if _GB.match(label):
        return "gb"
    if _BIG.match(label):
        return "big5"
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return name if _KNOWN.match(name) else ""


def _decode(raw: bytes, codec: str) -> str:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    if b"\0" in raw and (wide := _wide(raw, codec)) is not None:
        return wide
    if raw.isascii():
        return _seven_bits(raw, codec)
    strict = _strict(raw, "utf-8")
    if strict is not None and not _rather_chinese(raw, strict, codec):
        return strict
    if codec.startswith(("utf-16", "utf-32")) and (wide := _wide(raw, codec)) is not None:
        return wide
    torn = raw.decode("utf-8", "replace")
    if _mostly_sound(torn):
        return torn
    return _eight_bits(raw, codec)


def _seven_bits(raw: bytes, codec: str) -> str:
    """Honour the labels whose bytes look like ASCII; anything else is ASCII."""
    if codec in {"hz", "utf-7"} or codec.startswith("iso2022"):
        text = iso2022cn.decode(raw) if codec == "iso2022_cn" else _strict(raw, codec)
        if text is not None:
            return text
    return raw.decode("ascii")


def _rather_chinese(raw: bytes, text: str, codec: str) -> bool:
    """Tell whether two-byte UTF-8 is really GB or Big5, as its label says.

    陆 in GB2312 is also ½ in UTF-8; three-byte sequences do not happen by chance.
    """
    if codec not in {"gb", "big5"} or any(ord(ch) > 0x7FF for ch in text[:_SAMPLE]):
        return False
    return _everyday(_chinese(raw, codec)) > 0.8


def _wide(raw: bytes, codec: str) -> str | None:
    """Return UTF-16 or UTF-32 without a mark when the bytes look like it, else None."""
    labelled = codec.startswith(("utf-16", "utf-32"))
    if not labelled and (len(raw) % 2 or raw[:_SAMPLE].count(0) * 4 < len(raw[:_SAMPLE])):
        return None
    size = 4 if codec.startswith("utf-32") else 2
    raw = raw[: len(raw) // size * size]
    names = ("utf-32-le", "utf-32-be") if size == 4 else ("utf-16-le", "utf-16-be")
    best = max((raw.decode(name, "replace") for name in names), key=_readable)
    return best if _readable(best) > 0.6 else None


def _mostly_sound(torn: str) -> bool:
    """Tell whether this is UTF-8 with a few damaged bytes rather than something else."""
    sample = torn[:_SAMPLE]
    bad = sample.count(BAD)
    return sum(ord(ch) > 0x7FF for ch in sample) - bad >= 8 * max(bad, 1)


def _eight_bits(raw: bytes, codec: str) -> str:
    chinese = _chinese(raw, codec)
    if codec in {"gb", "big5"} or (
        (not codec or codec in _LATIN or codec.startswith("utf")) and _everyday(chinese) > 0.6
    ):
        return chinese
    text = _strict(raw, "cp1252" if codec in _LATIN else codec) if codec else None
    if text is not None and (_everyday(chinese) <= 0.6 or not _odd(text)):
        return text
    if BAD not in chinese or _everyday(chinese) > 0.3:
        return chinese
    return raw.decode("cp1252", "replace")


def _chinese(raw: bytes, codec: str) -> str:
    """Return the better of GB18030 and Big5; the label, or else GB18030, wins when close."""
    simplified = raw.decode("gb18030", "replace")
    traditional = min(
        (raw.decode(name, "replace") for name in ("big5", "cp950", "big5hkscs")),
        key=lambda text: text.count(BAD),
    )
    lead = 0.15 if codec == "big5" else -0.15
    return traditional if _everyday(traditional) + lead > _everyday(simplified) else simplified


@cache
def _frequent() -> frozenset[str]:
    """Return the everyday characters: level one of GB2312, the frequent part of Big5."""
    simplified = bytes(
        byte for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for byte in (row, cell)
    ).decode("gb2312", "ignore")
    cells = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    traditional = bytes(
        byte for row in range(0xA4, 0xC7) for cell in cells for byte in (row, cell)
    ).decode("big5", "ignore")
    return frozenset(simplified + traditional) | _PUNCTUATION


def _everyday(text: str) -> float:
    """Return which share of the characters beyond ASCII is everyday Chinese, at most 1.

    What could not be decoded weighs double against it.
    """
    beyond = [ch for ch in text[:_SAMPLE] if ch > "\x7f"]
    frequent = _frequent()
    good = sum(ch in frequent for ch in beyond) - 2 * beyond.count(BAD)
    return good / len(beyond) if beyond else 0.0


def _readable(text: str) -> float:
    """Return which share (0 to 1) of all characters is ASCII one types or everyday Chinese."""
    sample = text[:_SAMPLE]
    frequent = _frequent()
    good = sum(" " <= ch <= "~" or ch in "\r\n\t" or ch in frequent for ch in sample)
    return good / len(sample) if sample else 0.0


def _odd(text: str) -> bool:
    """Tell whether a decoded text is what nobody writes: half-width kana, private use, C1."""
    beyond = [ch for ch in text[:_SAMPLE] if ch > "\x7f"]
    strange = sum(
        "\x80" <= ch <= "\x9f" or "\uff61" <= ch <= "\uff9f" or "\ue000" <= ch <= "\uf8ff"
        for ch in beyond
    )
    return strange * 3 > len(beyond)


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError):  # ISO-2022-CN is read elsewhere, and only in seven bits
        return None
