"""How other offices name what the desk asks for, read from `labels.toml`. Pure."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("labels.toml")
_LETTER_GAP = r"[^\S\n]*+(?:\n[^\S\n]*+)?"
"""A name may be spread (联 系 电 话) or broken by a line."""


@cache
def _read() -> Mapping[str, Mapping[str, Sequence[str]]]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


@cache
def fields() -> Mapping[str, str]:
    """Return the field that each name stands for; `other` for names that fill none."""
    return {label: name for name, labels in _read()["labels"].items() for label in labels}


@cache
def rank() -> Mapping[str, int]:
    """Return which name of a field counts before which: the smaller number first."""
    return {label: n for labels in _read()["labels"].values() for n, label in enumerate(labels)}


def field_of(cell: str) -> str:
    """Return the field that a whole cell or line names, empty when it names none."""
    return fields().get(bare(cell), "")


def bare(label: str) -> str:
    """Return a name without gaps, number, remark in brackets, star or colon."""
    closed = "".join(label.split())
    closed = re.sub(r"^[\d一二三四五六七八九十（(]{1,4}[.．、)）]", "", closed)
    closed = closed.strip("【】[]〔〕*＊:：﹕∶")
    return re.sub(r"[（(][^（()）]{0,12}[)）]$", "", closed)


@cache
def pattern() -> re.Pattern[str]:
    """Return what finds names in a text: as `colon` anywhere, as `line` at the start of one, and
    as `mark` in brackets of their own.
    """
    known = sorted(fields(), key=len, reverse=True)
    spread = "|".join(_LETTER_GAP.join(map(re.escape, label)) for label in known)
    plain = "|".join(map(re.escape, known))
    one = "[一二三四五六七八九十]{1,3}"  # not said
    number = rf"(?:\d{{1,2}}[.．、)）]|{one}、|[（(](?:\d{{1,2}}|{one})[)）])"
    # Blanks without a number belong to the name from their first on, and are looked at from there
    # alone: from each of them, thousands in a row would be looked at a million times.
    lead = rf"(?:{number}[^\S\n]*+|(?<![^\S\n])[^\S\n]++|)"
    remark = r"(?:[（(][^（()）\n]{0,12}[)）])?"
    return re.compile(
        rf"(?<![^\s。；;，,、|｜】\]])(?:"
        rf"(?:{lead}(?P<colon>{spread}){remark}[^\S\n]*[:：﹕∶])"
        rf"|(?P<mark_raw>[【\[〔](?P<mark>{plain})[】\]〕][^\S\n]*[:：]?)"
        rf"|(?:(?<![^\n]){number}?(?P<line>{plain})(?:[^\S\n]+|(?=\n|\Z)|(?=\d))))"
    )


def known_as(group: str, said: str) -> tuple[str, str]:
    """Return the code of a kind or category (`group`: kinds, categories) whose word stands first
    in what was said, and that word; empty when none does.
    """
    found = [
        (said.index(word), -len(word), code, word)
        for code, words in _read()[group].items()
        for word in words
        if word in said
    ]
    return min(found)[2:] if found else ("", "")
