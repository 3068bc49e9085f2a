"""Every table has an owner: it is declared in that room, and the one list of tables knows it."""

import pytest

from caseflow.db import Base
from caseflow.tables import metadata
from tests.house.source import modules
from tests.house.test_layers import room_of

# Whose table (engine.md). Ladders are kept beside policies: a clock stores the version of both.
OWNERS = {
    "deadlines": {"Clock", "PolicyRow", "LadderRow", "DayOverride"},
    "ledger": {"Case", "Report", "Item", "Finding", "Evidence", "Entry", "ItemActor", "Counter"},
    "escalation": {"Rung", "Order", "AccountabilityFile", "AccountabilityStep"},
    "publishing": {"Circular", "CircularEntry"},
    "people": {"User", "Post", "Unit", "Area", "Recusal"},
    "vault": {"Identity", "Original"},
    "files": {"Blob"},
    "outbox": {"Event", "Message"},
    "intake": {"Quarantine"},
}


def classes() -> dict[str, str]:
    """Return the room that each mapped class is declared in."""
    return {
        mapper.class_.__name__: str(room_of(mapper.class_.__module__))
        for mapper in Base.registry.mappers
    }


@pytest.mark.parametrize("room", sorted(OWNERS))
def test_a_room_owns_its_tables(room: str) -> None:
    declared = {name for name, owner in classes().items() if owner == room}
    assert OWNERS[room] - declared == set()


def test_every_table_is_declared_once() -> None:
    assert len(metadata.tables) == len(classes())


def test_the_one_list_of_tables_is_complete() -> None:
    listed = {
        name
        for module in modules()
        if module.name == "caseflow.tables"
        for _, name in module.imports()
    }
    files = {module.name for module in modules() if module.name.endswith("tables")}
    assert files - {"caseflow.tables"} <= listed


def test_tables_are_declared_in_modules_called_tables() -> None:
    declaring = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    assert {name for name in declaring if not name.endswith("tables")} == set()
