"""Our client of ClamAV and a daemon that speaks its protocol."""

import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from caseflow.adapters.clamav import Clamav
from caseflow.files.scanning import ScanBroken, ScannerAway, TooLargeToScan
from tests.clamd import EICAR, Clamd


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest) -> Iterator[Clamd]:
    with TemporaryDirectory(dir="/tmp") as short:  # the path of a socket has 108 characters at most
        at = Path(short) / "clamd.ctl" if request.param == "unix" else None
        daemon = Clamd(at, longest=600_000)
        yield daemon
        daemon.stop()


def test_a_clean_stream_is_clean_whatever_its_pieces(clamd: Clamd) -> None:
    pieces = [b"a" * 100_000, b"", b"b", b"c" * 300_000]
    assert Clamav(clamd.address).scan(pieces) == ""
    assert clamd.seen == [b"".join(pieces)]


def test_an_empty_file_is_clean(clamd: Clamd) -> None:
    assert Clamav(clamd.address).scan([]) == ""


def test_what_is_found_is_named_also_across_pieces(clamd: Clamd) -> None:
    pieces = [b"x" * 1000 + EICAR[:20], EICAR[20:]]
    assert Clamav(clamd.address).scan(pieces) == "Eicar-Test-Signature"


def test_the_signatures_have_a_number(clamd: Clamd) -> None:
    assert Clamav(clamd.address).signatures() == "27400"


def test_a_file_over_its_limit_is_told_apart(clamd: Clamd) -> None:
    with pytest.raises(TooLargeToScan):
        Clamav(clamd.address).scan(b"x" * 100_000 for _ in range(50))


def test_a_daemon_that_dies_over_a_file_broke_off(clamd: Clamd) -> None:
    clamd.dies_after = 150_000
    with pytest.raises(ScanBroken):
        Clamav(clamd.address).scan(b"x" * 100_000 for _ in range(5))


def test_nobody_there_is_no_word_about_the_file(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{port}", f"unix:{tmp_path}/no.ctl", str(tmp_path / "no")):
        with pytest.raises(ScannerAway):
            Clamav(address).scan([b"x"])
        with pytest.raises(ScannerAway):
            Clamav(address).signatures()
