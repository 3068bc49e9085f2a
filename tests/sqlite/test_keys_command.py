"""The key ring by hand: `caseflow keys`."""

from pathlib import Path

from click.testing import CliRunner, Result

from caseflow.cli import main
from caseflow.crypto.keys import KeyRing


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["keys", *map(str, arguments)])


def test_a_ring_is_made_once_and_the_key_in_front_is_named(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    said = command(file)
    assert (said.exit_code, said.output) == (0, f"{file}: {KeyRing.load(file).write_key}\n")
    assert file.stat().st_mode & 0o077 == 0
    before = file.read_bytes()
    assert command(file).exit_code == 1
    assert file.read_bytes() == before


def test_a_rotated_ring_seals_by_a_fresh_key_and_opens_by_all(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    command(file)
    first = KeyRing.load(file)
    assert command(file, "--rotate").exit_code == 0
    ring = KeyRing.load(file)
    assert (ring.write_key == first.write_key, ring.oldest_key) == (False, first.oldest_key)
    assert command(tmp_path / "none.json", "--rotate").exit_code == 1
