"""How far an import is can be seen from outside while its transaction is open, and not after."""

from dataclasses import replace
from pathlib import Path

import pytest

from caseflow.intake.old_ledger import checking, taking
from caseflow.intake.old_ledger.progress import Progress
from tests.import_ledger.conftest import Place
from tests.import_ledger.test_imports import ROWS, take


@pytest.fixture
def seen(place: Place, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What another process sees of the first import each time that something is told."""
    monkeypatch.setattr(taking, "BATCH", 2)
    monkeypatch.setattr(checking, "_TOLD_EACH", 2)
    folder, found = place.desk.progress.folder, []
    progress = Progress(folder, lambda *_: found.append(Progress(folder).of(1)))
    place.desk = replace(place.desk, progress=progress)
    return found


def test_rows_done_of_rows_are_seen_while_they_are_written(
    place: Place, seen: list[tuple[int, int]]
) -> None:
    take(place)
    checked_twice = [(2, 0), (2, 0)]
    assert seen == [*checked_twice, (2, len(ROWS)), (3, len(ROWS))]


def test_nothing_is_said_of_an_import_that_is_over_or_was_stopped(place: Place) -> None:
    one = take(place)
    assert place.state(one) == "done"
    assert place.desk.progress.of(one) == (0, 0)
    assert not place.desk.progress.folder.exists()


def test_an_import_goes_on_where_the_count_cannot_be_kept(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place.desk = replace(place.desk, progress=Progress(tmp_path / "file" / "none"))
    assert place.state(take(place)) == "done"
