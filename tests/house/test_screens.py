"""What the screens promise and a template or a style sheet alone can break: words beside colours,
lists that say why they are empty, refusals told above, forms in place, paper, telephones."""

import re
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, templates

CSS = ROOT / "static" / "css"
TEMPLATES = ROOT / "templates"
_PARTS = re.compile(r"(?:include|import|from) '(?!components/forms)([^']+)'")
_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})\b")
_TOLD = re.compile(r"\b(?:error_summary|refused_fields|refused_form|again_notice)\(")

# One small form each, whose error stands in sight with the whole of it.
SMALL = {
    "admin/ladder_preview.html",
    "admin/policy_preview.html",
    "console/figures.html",
    "login.html",
    "unit/order.html",
}


def read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def whole(name: str, seen: set[str]) -> str:
    """Return a template with the parts that it is made of, but for the macros of fields."""
    if name in seen:
        return ""
    seen.add(name)
    text = read(name)
    return text + "".join(whole(part, seen) for part in _PARTS.findall(text))


def pages() -> Iterator[str]:
    """Yield the templates that are a page, and no part of one."""
    for path in templates():
        name = path.relative_to(TEMPLATES).as_posix()
        if not re.match(r"components/|errors/|base|.*/_", name):
            yield name


def tokens(text: str) -> dict[str, str]:
    return dict(_TOKEN.findall(text))


def themes() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the two themes with the colour of each token."""
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.partition("@media (prefers-color-scheme: dark)")[::2]
    yield "light", tokens(light)
    yield "dark", {**tokens(light), **tokens(dark)}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4)


PAPERS = ("paper", "paper-sunk", "paper-raised")
INKS = ("ink", "ink-soft", "ink-quiet", "accent", "ok", "soon", "overdue", "paused")
ON = [(ink, paper) for ink in INKS for paper in PAPERS] + [
    *((clock, f"{clock}-wash") for clock in ("ok", "soon", "overdue", "paused")),
    ("accent-on", "accent-fill"),
    ("accent", "accent-wash"),
    ("bar-ink", "bar"),
    ("bar-quiet", "bar"),
    ("bar-lit", "bar"),
    ("bar-ink", "bar-sunk"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_ink_can_be_read_on_every_paper(theme: str) -> None:
    colours = dict(themes())[theme]
    pale = {
        (ink, paper): round(contrast(colours[ink], colours[paper]), 2)
        for ink, paper in ON
        if contrast(colours[ink], colours[paper]) < 4.5
    }
    assert pale == {}


def test_both_themes_give_every_colour_a_value() -> None:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    light, dark = map(tokens, text.partition("@media (prefers-color-scheme: dark)")[::2])
    assert set(light) == set(dark)


def test_no_style_sheet_but_the_tokens_and_paper_names_a_colour() -> None:
    named = {
        path.name: found
        for path in CSS.glob("*.css")
        if path.name not in ("tokens.css", "print.css")
        if (found := re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", _rules(path.name)))
    }
    assert named == {}


def _rules(name: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def test_a_page_that_refuses_says_so_above_its_forms() -> None:
    silent = {
        name
        for name in pages()
        if re.search(r"\berror=|has-error", text := whole(name, set())) and not _TOLD.search(text)
    }
    assert silent == SMALL


def test_a_list_that_goes_on_says_why_it_is_empty() -> None:
    lists = {name: text for name in pages() if "keyset(" in (text := read(name))}
    assert len(lists) > 5
    assert [name for name, text in lists.items() if "empty(" not in text] == []


def test_a_move_opens_in_place_and_never_as_a_window_over_the_page() -> None:
    over = re.compile(r"<dialog|data-bs-toggle|class=\"[^\"]*\bmodal\b|\bconfirm\(|\balert\(")
    files = [*templates(), *(ROOT / "static" / "js").glob("*.js")]
    wrong = [path.name for path in files if over.search(path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_every_page_has_its_paper_its_way_past_the_head_and_the_width_of_its_screen() -> None:
    base = read("base.html")
    for part in ('css/print.css\') }}" media="print"', 'class="skip-link" href="#main"'):
        assert part in base
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in base
    bases = ("{% extends 'base", '{% extends "base', "{% extends 'errors/")
    assert [name for name in pages() if not any(base in read(name) for base in bases)] == []


def test_no_chart_stands_without_its_table() -> None:
    drawn = re.compile(r"<svg|<canvas|\bchart\b", re.IGNORECASE)
    bare = [name for name in pages() if drawn.search(read(name)) and "<table" not in read(name)]
    assert bare == []
