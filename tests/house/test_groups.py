"""The groups of `python -m tests` cover every test once, and say what a machine lacks."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import __main__ as runner
from tests.faults import conftest as faults
from tests.house.source import ROOT
from tests.soak import __main__ as soak


def names(*arguments: str) -> list[str]:
    """Return the groups that a command line chooses."""
    return [group.name for group in runner.chosen(list(arguments))]


def test_all_groups_run_unless_some_are_named() -> None:
    assert names() == ["fast", "databases", "browser", "faults", "mail"]
    assert names("mail", "fast") == ["fast", "mail"]


def test_what_make_check_ran_can_be_left_out() -> None:
    assert names("--without-check") == ["databases", "browser", "faults", "mail"]


def test_an_unknown_group_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        runner.chosen(["fats"])
    assert "fats" in capsys.readouterr().err


def test_every_package_has_a_file_to_know_it_by() -> None:
    wanted = {package for group in runner.GROUPS for package in group.packages}
    assert wanted == set(runner._BROUGHT_BY)


def test_a_machine_where_nothing_may_be_installed_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"sudo apt-get install --yes .* dovecot-imapd"):
        runner.bring(["dovecot-imapd"])


def test_a_group_without_tests_fails() -> None:
    empty = runner.Group("none", "nothing", 1, ("tests/no-such-folder",))
    assert runner.run(empty)[0] != 0


def test_every_folder_that_runs_apart_has_its_group() -> None:
    apart = {argument for group in runner.GROUPS for argument in group.arguments}
    for folder in runner._APART:
        assert f"tests/{folder}" in apart
        assert (ROOT / "tests" / folder).is_dir()


def test_a_soak_of_the_usual_length_has_a_minute_of_conflicts_and_asks_the_model() -> None:
    assert soak.RUNS.keys() == soak.SHARES.keys() >= {"contest", "model"}
    assert round(sum(soak.SHARES.values()), 9) == 1
    assert soak.SECONDS * soak.SHARES["contest"] >= 60


def test_each_process_begins_with_one_of_the_longest_faults_and_one_that_is_over_at_once() -> None:
    """Both kill runs one after the other in one process would keep the other waiting for minutes.

    pytest-xdist hands two tests to each at the beginning, then one for each that ended.
    """
    folder = ROOT / "tests" / "faults"
    files = ["test_checker.py"] * 3 + ["test_kill_run.py"] * 2 + ["test_serving.py"]
    items: list[Any] = [SimpleNamespace(path=folder / name, n=n) for n, name in enumerate(files)]
    faults.pytest_collection_modifyitems(items)
    assert [item.n for item in items] == [3, 0, 4, 1, 5, 2]
    [group] = [group for group in runner.GROUPS if group.name == "faults"]
    assert group.shared_out == ("load", "--maxschedchunk", "1")
    elsewhere: list[Any] = [SimpleNamespace(path=ROOT / "tests" / "web" / "test_desk.py", n=6)]
    mixed = [*elsewhere, *items]
    faults.pytest_collection_modifyitems(mixed)
    assert mixed == [*elsewhere, *items], "they are put in order only where they run by themselves"
