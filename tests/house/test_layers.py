"""Who may import whom (design §5): a row may import the rows below it; one row are strangers."""

import pytest

from tests.house.source import Module, modules

ROWS = (
    {
        "wsgi",
        "advice",
        "cli",
        "app",
        "backup",
        "demo",
        "serving",
        "setup",
        "tables",
        "migrating",
        "doctor",
        "histories",
        "logs",
        "typed_commands",
        "typed_documents",
        "typed_ledgers",
        "typed_exchange",
        "typed_moves",
        "typed_values",
    },
    {"web", "api", "jobs"},
    {"intake", "publishing", "insight"},
    {"escalation", "notices"},
    {"ledger"},
    {"deadlines", "vault"},
    {"people", "outbox", "files"},
    {"many"},
    {"crypto", "db", "paper"},
    {"refs", "errors", "clock", "memory", "words"},
)

# The composition root is one thing in several files.
ROOT_ROW = ROWS[0]

# Adapters see what the domains declare, and only the composition root sees them.
ADAPTERS = "adapters"

PURE = (
    "caseflow.deadlines.calendar",
    "caseflow.deadlines.policies",
    "caseflow.deadlines.terms",
    "caseflow.deadlines.steps",
    "caseflow.ledger.states",
    "caseflow.deadlines.ladder",
    "caseflow.notices.rules",
    "caseflow.publishing.circular_states",
    "caseflow.escalation.accountability_states",
    "caseflow.escalation.order_states",
    "caseflow.intake.report",
    "caseflow.intake.old_ledger.cells",
    "caseflow.intake.old_ledger.dates",
    "caseflow.intake.old_ledger.headings",
    "caseflow.intake.old_ledger.names",
    "caseflow.intake.old_ledger.rows",
    "caseflow.intake.channels.webform",
    "caseflow.paper.sheets",
)


def room_of(name: str) -> str | None:
    """Return the room (first name inside caseflow) that a dotted name belongs to."""
    parts = name.split(".")
    if parts[0] != "caseflow":
        return "wsgi" if parts[0] == "wsgi" else None
    return parts[1] if len(parts) > 1 else None


def height(room: str) -> int:
    """Return the number of the row that a room stands in, counted from the top."""
    found = [number for number, row in enumerate(ROWS) if room in row]
    return found[0] if found else len(ROWS)  # another test asks for its row


def may_import(importer: str, imported: str) -> bool:
    """Tell whether a module of room `importer` may import from room `imported`."""
    if importer == imported:
        return True
    if imported == ADAPTERS:
        return importer in ROOT_ROW
    if importer == ADAPTERS:
        return imported not in ROOT_ROW
    if importer in ROOT_ROW and imported in ROOT_ROW:
        return True
    return height(importer) < height(imported)


def test_every_room_has_its_row() -> None:
    known = set().union(*ROWS) | {ADAPTERS}
    rooms = {room for module in modules() if (room := room_of(module.name))}
    assert rooms - known == set(), "give the new room its row here and in docs/architecture.md"


def test_nobody_imports_upwards_or_sideways() -> None:
    wrong = [
        f"{module.at(line)}: {importer} must not import {imported}"
        for module in modules()
        if (importer := room_of(module.name))
        for line, name in module.imports()
        if (imported := room_of(name)) and not may_import(importer, imported)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("ledger", "notices"), ("escalation", "notices"), ("outbox", "ledger"), ("web", "adapters")],
)
def test_the_order_forbids_what_the_design_forbids_by_name(importer: str, imported: str) -> None:
    assert not may_import(importer, imported)


def test_pure_modules_know_neither_flask_nor_sqlalchemy() -> None:
    pure = [module for module in modules() if module.name in PURE]
    wrong = [
        f"{module.at(line)}: {name}"
        for module in pure
        for line, name in module.imports()
        if name.startswith(("flask", "sqlalchemy", "werkzeug", "caseflow.db"))
    ]
    assert wrong == []
    assert pure, "the pure modules have moved: say where"


@pytest.mark.parametrize("name", PURE)
def test_what_pure_modules_import_of_ours_is_pure_too(name: str) -> None:
    by_name = {module.name: module for module in modules()}
    waiting, seen = [name] if name in by_name else [], set()
    while waiting:
        current: Module = by_name[waiting.pop()]
        seen.add(current.name)
        for line, imported in current.imports():
            assert not imported.startswith(("flask", "sqlalchemy")), current.at(line)
            found = next((n for n in (imported, imported.rpartition(".")[0]) if n in by_name), None)
            if found and found not in seen:
                waiting.append(found)
