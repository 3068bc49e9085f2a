"""What happens in one module only: commit, the system clock, sessions, provider libraries."""

import ast
import re

import pytest

from tests.house.source import Module, modules

PROVIDERS = {
    "aiohttp": ("caseflow.adapters",),
    "boto3": ("caseflow.adapters",),
    "PIL": ("caseflow.adapters",),
    "imap_tools": ("caseflow.adapters",),
    "imaplib": ("caseflow.adapters",),
    "openpyxl": ("caseflow.adapters",),
    "poplib": ("caseflow.adapters",),
    "redis": ("caseflow.jobs", "caseflow.outbox", "caseflow.adapters"),
    "requests": ("caseflow.adapters",),
    "rq": ("caseflow.jobs", "caseflow.outbox"),
    "smtplib": ("caseflow.adapters",),
    "twilio": ("caseflow.adapters",),
    "typst": ("caseflow.adapters",),
    "xlsxwriter": ("caseflow.adapters",),
}

CLOCKS = {"clock", "edge"}  # clock.now(), and the request's own moment, read from it once
READINGS = {
    "now",
    "utcnow",
    "today",
    "current_timestamp",
    "localtimestamp",
    "localtime",
}  # time() is of a value
IN_SQL = re.compile(r"current_(timestamp|date|time)|\bnow\(\)|clock_timestamp", re.IGNORECASE)


def inside(module: Module, places: tuple[str, ...]) -> bool:
    """Tell whether a module is one of `places` or lies inside one."""
    return any(module.name == place or module.name.startswith(place + ".") for place in places)


def calls(module: Module) -> list[ast.Call]:
    """Return every call in a module."""
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]


def test_only_db_commits_and_rolls_back() -> None:
    wrong = [
        module.at(call.lineno)
        for module in modules()
        if module.name != "caseflow.db"
        for call in calls(module)
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}
    ]
    assert wrong == []


def test_only_db_makes_sessions_and_engines() -> None:
    makers = {"Session", "sessionmaker", "scoped_session", "create_engine"}
    wrong = [
        module.at(call.lineno)
        for module in modules()
        if module.name != "caseflow.db"
        for call in calls(module)
        if getattr(call.func, "id", getattr(call.func, "attr", None)) in makers
    ]
    assert wrong == []


def test_only_clock_reads_the_system_clock() -> None:
    wrong = [
        module.at(call.lineno)
        for module in modules()
        if module.name != "caseflow.clock"
        for call in calls(module)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in READINGS
        and ast.unparse(call.func.value).rpartition(".")[2] not in CLOCKS
    ]
    assert wrong == []


def test_no_statement_reads_the_clock_of_the_database() -> None:
    wrong = [
        module.at(node.lineno)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if IN_SQL.search(node.value)
    ]
    assert wrong == []


def test_only_clock_imports_time() -> None:
    wrong = [
        module.at(line)
        for module in modules()
        if module.name != "caseflow.clock"
        for line, name in module.imports()
        if name.split(".")[0] == "time"
    ]
    assert wrong == []


@pytest.mark.parametrize("library", sorted(PROVIDERS))
def test_a_provider_library_is_imported_where_it_belongs(library: str) -> None:
    wrong = [
        module.at(line)
        for module in modules()
        if not inside(module, PROVIDERS[library])
        for line, name in module.imports()
        if name.split(".")[0] == library
    ]
    assert wrong == []


def test_nothing_swallows_everything() -> None:
    wrong = [
        module.at(node.lineno)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert wrong == []


UNLOOKED = {"caseflow.vault.originals", "caseflow.ledger.anchors", "caseflow.web.pieces"} | {
    "caseflow.intake.old_ledger.desk"
}
"""What they put into the store is handed out by no door: originals, anchors, pieces of a film, the
ledger that an office brings along.
"""


def test_every_door_takes_files_by_the_one_policy() -> None:
    wrong = [
        module.at(node.lineno)
        for module in modules()
        if not module.name.startswith(("caseflow.files", "caseflow.adapters", *UNLOOKED))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("put", "keep")
        and ast.unparse(node.value) in ("blobs", "store", "rooms.store", "self.store")
    ]
    assert wrong == [], "call Rooms.accept before the transaction"
