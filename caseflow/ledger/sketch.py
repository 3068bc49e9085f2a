"""What a text is known again by, and whether two texts say the same thing (parts 9).

A sketch is the even half of the hashes of all stretches of four characters, so a copy that was
edited or cut keeps much of it, and no text is ever compared with all others. The hashes have no
key: the text itself stands in the clear beside them (decision 56).
"""

import re
import unicodedata
from zlib import crc32

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

GRAM = 4
MOST = 400
"""Hashes kept of one text, the smallest: of long texts an equal share, whichever their order."""
_LONGEST = 6000
_COMPARED = 1500
SAME = 60.0
"""From what likeness on, of 100, two texts are offered as the same (see `tests/ledger/same.toml`).
"""

_SCHOOL = re.compile("小学|中学|幼儿园|学校|学院|培训中心|培训机构")
_STEM = 2
"""So many characters of a name are its own; before them and behind stand words of many names."""
_COMMON = re.compile("(?:实验|中心|民族|外国语|附属|职业|希望|双语|国际|艺术|初级|高级|培训)$")


def normal(text: str) -> str:
    """Return the letters, digits and characters of a text in normal form, without gaps."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    return "".join(ch for ch in plain if ch.isalnum())


def hashes(text: str) -> list[int]:
    """Return the sketch of a text, rising numbers of 31 bits; empty below four characters."""
    said = normal(text)
    grams = {said[i : i + GRAM] for i in range(len(said) - GRAM + 1)}
    found = {crc32(gram.encode()) for gram in grams}
    return sorted(one >> 1 for one in found if one % 2 == 0)[:MOST]


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, 0 to 100; one that was cut out of the other is all alike."""
    ours, theirs = sorted((normal(one)[:_COMPARED], normal(other)[:_COMPARED]), key=len)
    if not ours:
        return 0.0
    whole = fuzz.ratio(ours, theirs, score_cutoff=SAME)
    if whole or len(ours) * 5 > len(theirs) * 4:
        return whole
    return fuzz.partial_ratio(ours, theirs, score_cutoff=SAME)


def elsewhere(one: str, other: str) -> bool:
    """Tell whether two like texts are about different schools: laid side by side, another name
    stands where the first school is named, as when a letter goes from parent to parent.
    """
    ours, theirs = sorted((normal(one)[:_COMPARED], normal(other)[:_COMPARED]), key=len)
    if len(ours) * 5 <= len(theirs) * 4:
        found = fuzz.partial_ratio_alignment(ours, theirs)
        theirs = theirs[found.dest_start : found.dest_end] if found else theirs
    school = _SCHOOL.search(ours)
    if school is None:
        return False
    name = ours[: school.start()]
    while common := _COMMON.search(name):
        name = name[: common.start()]
    begin, end = max(0, len(name) - _STEM), len(name)
    changed = Levenshtein.opcodes(ours, theirs)
    return any(op.tag == "replace" and op.src_start < end and op.src_end > begin for op in changed)
