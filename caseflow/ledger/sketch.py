"""What a text is known again by, and whether two texts say the same thing (parts 9).

A sketch is the even half of the hashes of all stretches of four characters, so a copy that was
edited or cut keeps much of it, and no text is ever compared with all others. The hashes have no
key: the text itself stands in the clear beside them (decision 56).
"""

import re
import unicodedata
from zlib import crc32

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein, Opcode

GRAM = 4
MOST = 400
"""Hashes kept of one text, the smallest: of long texts an equal share, whichever their order."""
_LONGEST = 6000
_COMPARED = 1500
SAME = 60.0
"""From what likeness on, of 100, two texts are offered as the same (see `tests/ledger/same.toml`).
"""

_SAID = re.compile(r"[^\W_]+")
_SCHOOL = re.compile("小学|中学|幼儿园|学校|学院|培训中心|培训机构")
_NUMERAL = re.compile("[一二三四五六七八九十百0-9]")
_STEM = 2
"""So many characters of a name are its own; before them and behind stand words of many names."""
_COMMON = re.compile("(?:实验|中心|民族|外国语|附属|职业|希望|双语|国际|艺术|初级|高级|培训)$")


def normal(text: str) -> str:
    """Return the letters, digits and characters of a text in normal form, without gaps."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    return "".join(_SAID.findall(plain))


def hashes(text: str) -> list[int]:
    """Return the sketch of a text, rising numbers of 31 bits; empty below four characters."""
    said = normal(text)
    grams = {said[i : i + GRAM] for i in range(len(said) - GRAM + 1)}
    found = set(map(crc32, map(str.encode, grams)))
    return sorted([one >> 1 for one in found if one % 2 == 0])[:MOST]


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
    named = range(max(0, len(name) - _STEM), school.end())
    return any(_renames(op, named, ours, theirs) for op in Levenshtein.opcodes(ours, theirs))


def _renames(op: Opcode, named: range, ours: str, theirs: str) -> bool:
    """Tell whether what differs makes another name: other characters, or another number. Some say
    城东中心小学 and some 城东小学.
    """
    if op.src_start >= named.stop or op.src_end < named.start or op.tag == "equal":
        return False
    if op.tag == "replace":
        return op.src_end > named.start
    other = ours[op.src_start : op.src_end] + theirs[op.dest_start : op.dest_end]
    return _NUMERAL.search(other) is not None
