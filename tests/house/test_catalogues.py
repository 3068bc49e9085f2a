"""English says everything that Chinese says: no text missing, empty, doubtful or left over."""

import ast
import re

from babel.messages.catalog import Message

from tests.house.extraction import UNSAID, catalogue, english
from tests.house.source import ROOT, modules

LANGUAGE_NAMES = {"中文", "简体中文"}
_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_HOLE = re.compile(r"%\((\w+)\)[sd]")


def test_the_english_catalogue_has_every_text_of_the_source_and_no_other() -> None:
    collected = collect()
    known = {key(message) for message in entries()}
    assert collected - known == set(), "make catalogues, then translate"
    assert known - collected == set(), "make catalogues: these are said no more"


def test_every_text_has_english_words() -> None:
    silent = [message.id for message in entries() if not all(words(message.string))]
    assert silent == []


def test_no_translation_is_doubtful() -> None:
    assert [message.id for message in entries() if message.fuzzy] == []


def test_translations_keep_the_named_holes() -> None:
    wrong = [
        message.id
        for message in entries()
        for string in words(message.string)
        if set(_HOLE.findall(string)) - set(_HOLE.findall("".join(words(message.id))))
        or "%s" in string
    ]
    assert wrong == []


def test_no_chinese_is_left_in_the_english() -> None:
    quoted = re.compile(r"\([^)]*\)|“[^”]*”|「[^」]*」")
    wrong = [
        message.id
        for message in entries()
        for string in words(message.string)
        if _CHINESE.search(quoted.sub("", string)) and string not in LANGUAGE_NAMES
    ]
    assert wrong == []


def test_no_screen_glues_chinese_together() -> None:
    """What an f-string or a join makes of Chinese is found in no catalogue."""
    screens = [module for module in modules() if module.name.startswith("caseflow.web.")]
    lines = {one.path: (ROOT / one.path).read_text("utf-8").splitlines() for one in screens}
    glued = [
        one.at(node.lineno)
        for one in screens
        for node in ast.walk(one.tree)
        if isinstance(node, ast.expr) and _glues(node)
        if UNSAID not in lines[one.path][node.lineno - 1]
    ]
    assert glued == [], "use named holes, `series`, or the comment # not said"


def test_an_error_carries_its_values_beside_its_text() -> None:
    told = {"BadInput", "MoveNotAllowed", "NotFound", "NotPermitted", "Stale", "Unavailable"}
    glued = [
        module.at(node.lineno)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in told
        for part in ast.walk(node)
        if isinstance(part, ast.JoinedStr) and _glues(part)
    ]
    assert glued == [], "use errors.Told"


def _glues(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        parts = [part for part in node.values if isinstance(part, ast.Constant)]
        return any(_CHINESE.search(str(part.value)) for part in parts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        glue = node.func.value if node.func.attr == "join" else None
        return isinstance(glue, ast.Constant) and bool(_CHINESE.search(str(glue.value)))
    return False


def words(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return the one or several forms of a message."""
    return (value,) if isinstance(value, str) else tuple(value or ("",))


def key(message: Message) -> tuple[str | None, str]:
    """Return what makes a message itself: context and first form."""
    return message.context, words(message.id)[0]


def entries() -> list[Message]:
    """Return the messages of the English catalogue."""
    return [message for message in english() if message.id]


def collect() -> set[tuple[str | None, str]]:
    """Return every text that the source has for the catalogue."""
    return {key(message) for message in catalogue() if message.id}
