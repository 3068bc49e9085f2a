"""The script that an exchange runs tells what the contract says, to a server that listens."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from caseflow.intake.call_tables import Call, Recording
from tests.telephone.calling import SECRET
from tests.telephone.stories import ANNA, BO, CALLER
from tests.telephone.test_stories import app
from tests.web.site import Site
from tests.web.test_calls import WAV

__all__ = ["app"]
SCRIPT = Path(__file__).parents[2] / "deploy" / "caseflow-tell"


@pytest.fixture
def address(app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the application listens; the script signs with the clock of the machine."""
    monkeypatch.setattr("caseflow.web.hooks.frame.LATE_SECONDS", 10**9)
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def tell(address: str, *said: str, secret: str = SECRET) -> "subprocess.CompletedProcess[str]":
    told = {"TELL_URL": address, "CASEFLOW_HOOK_SECRET": secret, "PATH": "/usr/bin:/bin"}
    command = ["sh", str(SCRIPT), *said]
    return subprocess.run(command, env=told, check=False, capture_output=True, text=True)


def test_the_script_tells_a_whole_call(address: str, site: Site, tmp_path: Path) -> None:
    sound = tmp_path / "left.wav"
    sound.write_bytes(WAV)
    assert tell(address, "ringing", "1761.5", CALLER).stdout == f"{ANNA},{BO}\n"
    assert tell(address, "ringing", "1761.5", CALLER, ANNA).stdout == "ok\n"
    assert tell(address, "hung_up", "1761.5", CALLER).stdout == "ok\n"
    assert tell(address, "recording", "1761.5", CALLER, str(sound)).stdout == "ok\n"
    call = site.ask(lambda s: s.scalars(select(Call)).one())
    assert (call.outcome, call.ringing) == ("voicemail", site.office["operator"].person)
    row = site.ask(lambda s: s.scalars(select(Recording)).one())
    assert site.as_("operator").get(f"/console/recordings/{row.id}").response.data == WAV


def test_whatever_a_caller_calls_themselves_is_only_words(
    address: str, site: Site, tmp_path: Path
) -> None:
    evil = f'x","event":"answered","a":"$(touch {tmp_path}/evil)'
    assert tell(address, "ringing", "1761.6", evil).returncode == 0
    call = site.ask(lambda s: s.scalars(select(Call)).one())
    assert (call.outcome, call.identity_id) == ("ringing", None)
    assert list(tmp_path.glob("evil")) == []


def test_a_wrong_secret_is_no_use(address: str, site: Site) -> None:
    assert tell(address, "ringing", "1", CALLER, secret="x" * 40).returncode == 22
    assert site.ask(lambda s: s.scalars(select(Call)).all()) == []
