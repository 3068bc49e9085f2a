"""Templates and static files obey the content policy, and speak through the catalogues."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, templates

# Messages to people outside (mail, forms to print) may need their own rules one day; none do yet.
INLINE = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an address on another machine": re.compile(
        r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    ),
}

_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_TRANS = re.compile(r"\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
_LANGUAGE_NAME = re.compile(r">(?:简体)?中文<")  # a language is called by its own name everywhere
_STRING = re.compile(r"_\(\s*(?:'[^']*'|\"[^\"]*\")")
_NGETTEXT = re.compile(r"ngettext\(\s*(?:'[^']*'|\"[^\"]*\")\s*,\s*(?:'[^']*'|\"[^\"]*\")")
_CHINESE = re.compile(r"[\u3400-\u9fff\u3001-\u301f\uff01-\uff60]+")


def spoken(text: str) -> str:
    """Return a template's text without comments, keeping line numbers."""
    return _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)


def places(file: Path, text: str, pattern: re.Pattern[str]) -> list[str]:
    """Return `file:line: what` for every match."""
    return [
        f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}: {found.group()!r}"
        for found in pattern.finditer(text)
    ]


@pytest.mark.parametrize("what", sorted(INLINE))
def test_no_template_holds(what: str) -> None:
    wrong = [
        place
        for file in templates()
        for place in places(file, spoken(file.read_text(encoding="utf-8")), INLINE[what])
    ]
    assert wrong == []


def test_no_template_says_chinese_past_the_catalogue() -> None:
    wrong = []
    for file in templates():
        text = spoken(file.read_text(encoding="utf-8"))
        for pattern in (_TRANS, _NGETTEXT, _STRING, _LANGUAGE_NAME):
            text = pattern.sub(lambda found: "\n" * found.group().count("\n"), text)
        wrong += places(file, text, _CHINESE)
    assert wrong == []


def test_no_script_of_ours_evaluates_text() -> None:
    wrong = [
        place
        for file in sorted((ROOT / "static").rglob("*.js"))
        if "vendor" not in file.parts
        for place in places(
            file,
            file.read_text(encoding="utf-8"),
            re.compile(r"\beval\(|new Function|\.innerHTML\s*=|document\.write|\.style\.cssText"),
        )
    ]
    assert wrong == []


def test_what_templates_and_scripts_load_from_vendor_is_brought() -> None:
    brought = set(re.findall(r'": "([^"]+)"', (ROOT / ".ci/assets.py").read_text(encoding="utf-8")))
    used = {
        name
        for file in templates()
        for name in re.findall(r"vendor/([\w.-]+)", file.read_text(encoding="utf-8"))
    }
    assert used - brought == set()
