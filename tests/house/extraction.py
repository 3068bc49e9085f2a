"""Collects every Chinese text of code and templates; `python -m tests.house.extraction` writes the
English catalogue anew, keeping its translations (make catalogues).

Templates are read by Jinja's own extractor. In the code every Chinese string literal counts, not
only those inside `_()`: states, edges, rules and errors carry their words as data and are handed to
gettext on the screen. Docstrings, patterns and the modules named below say nothing on a screen; one
more literal is excused by the comment `# not said` on its first line. A literal that is handed to
gettext counts without any Chinese in it too: punctuation between values differs by language.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from caseflow import words
from caseflow.people.office_changes import CHANGES
from tests.house.source import ROOT, Module, modules, templates

ENGLISH = ROOT / "caseflow/translations/en/LC_MESSAGES/messages.po"
UNSAID = "# not said"

# Chinese that is matched, or stored as data of an office, but never handed to gettext.
SILENT = ("caseflow.demo",)

# Words that a table says once and English says in a second form: what can be done, what was done.
SECOND_FORMS = {
    "happened": (*words.MOVES.values(), *CHANGES.values()),
    "done": ("拟稿", "签发", "撤销"),  # beside the day on which it was, on a document's page
}

_HAN = re.compile(r"[\u3400-\u9fff]")
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}

Text = tuple[str, str | tuple[str, ...]]


def catalogue() -> Catalog:
    """Return a catalogue of all texts, in the order of files, with the files that say them."""
    found = Catalog(project="caseflow", charset="utf-8", fuzzy=False)
    for place, text in [*_of_templates(), *_of_code()]:
        found.add(text, locations=[(place, None)])  # type: ignore[list-item]
    for context, forms in SECOND_FORMS.items():
        for word in forms:
            found.add(word, context=context)
    return found


def _of_templates() -> Iterator[Text]:
    for file in templates():
        place = str(file.relative_to(ROOT))
        options = {"encoding": "utf-8", "silent": "false"}
        for _, text, _, _ in extract_from_file(
            "jinja2.ext:babel_extract", file, _KEYWORDS, options=options
        ):
            yield place, text


def _of_code() -> Iterator[Text]:
    for module in modules():
        if not any(module.name == name or module.name.startswith(name + ".") for name in SILENT):
            yield from ((str(module.path), text) for text in _said_in(module))


def _said_in(module: Module) -> Iterator[str | tuple[str, ...]]:
    """Yield the Chinese literals of one module; an ngettext call yields its pair."""
    lines = (ROOT / module.path).read_text(encoding="utf-8").splitlines()
    skipped: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(map(id, node.values))
        elif _is_pattern(node):
            skipped.update(id(part) for part in ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.Call) and _name(node) == "ngettext":
            pair = [part for part in node.args[:2] if isinstance(part, ast.Constant)]
            skipped.update(map(id, pair))
            yield tuple(str(part.value) for part in pair)
        elif isinstance(node, ast.Call) and _name(node) == "gettext":
            yield from _punctuation(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = id(node) not in skipped and UNSAID not in lines[node.lineno - 1]
            if said and _HAN.search(node.value):
                yield node.value


def _punctuation(call: ast.Call) -> Iterator[str]:
    """Yield what gettext is handed without a Chinese word in it, which is no Chinese literal."""
    first = call.args[0] if call.args else None
    text = first.value if isinstance(first, ast.Constant) else None
    if isinstance(text, str) and text and not _HAN.search(text):
        yield text


def _is_pattern(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node) in {
        "compile", "findall", "fullmatch", "match", "search", "split", "sub",
    }  # fmt: skip


def _name(call: ast.Call) -> str | None:
    name: str | None = getattr(call.func, "id", getattr(call.func, "attr", None))
    return name


def english() -> Catalog:
    """Return the English catalogue, empty when there is none yet."""
    if not ENGLISH.exists():
        return Catalog(locale="en", project="caseflow", charset="utf-8", fuzzy=False)
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def refresh(file: Path = ENGLISH) -> None:
    """Write the English catalogue with exactly the texts of the source, translations kept."""
    catalog = english()
    catalog.update(catalogue(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment = "# The English of caseflow; the Chinese is the key (make catalogues)."
    catalog.version = "1"
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = "caseflow"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, catalog, width=100, sort_by_file=True, omit_header=False)


if __name__ == "__main__":
    refresh()
