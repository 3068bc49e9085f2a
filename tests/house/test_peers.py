"""Each row of docs/peers.md names a test that exists, or says that a thing is not done."""

import ast
import re

import pytest

from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "peers.md").read_text(encoding="utf-8")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_FILE = re.compile(r"`(tests/[\w/.-]+)`")
ROWS = [
    line
    for line in PAGE.splitlines()
    if line.startswith("| ") and not re.match(r"\| (the trouble|theirs|promise)\b.*\|$", line)
]


def functions_of(path: str) -> set[str]:
    """Return the names of the functions of a file; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_page_names_exists() -> None:
    named = set(_NAMED.findall(PAGE))
    assert len(named) > 90
    there = {path: functions_of(path) for path, _ in named}
    assert sorted(f"{path}::{name}" for path, name in named if name not in there[path]) == []
    files = set(_FILE.findall(PAGE))
    assert sorted(one for one in files if not (ROOT / one).is_file()) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:50])
def test_a_row_is_held_by_a_test_or_says_that_it_is_not_done(row: str) -> None:
    *_, held_by, end = row.split(" |")
    assert end == ""
    assert _NAMED.search(held_by) or "**not done**" in held_by
