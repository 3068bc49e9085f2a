"""A film of 600 MB over a line that breaks, to a server that dies: real HTTP, bounded memory."""

import hashlib
import html
import http.client
import json
import re
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.servers import LOOPBACK, Server, quick_folder, start_caseflow

MIB = 1024 * 1024
PIECE = 4 * MIB
FIELD = re.compile(r'<input type="hidden" name="(csrf_token|nonce)" value="([^"]*)"')
HEAD = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"


class Line:
    """A browser's line to the server: it may break, and be there again."""

    def __init__(self, server: Server) -> None:
        self.port = int(server.url.rpartition(":")[2])
        self.cookie = ""
        status, headers, page = self.ask("GET", "/report")
        assert status == 200
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        _, _, page = self.ask("GET", "/report")
        found = dict(FIELD.findall(page.decode()))
        self.form = {name: html.unescape(value) for name, value in found.items()}

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        link = http.client.HTTPConnection(LOOPBACK, self.port, timeout=120)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path, body or None, {"Cookie": self.cookie, **said})
        answer = link.getresponse()
        content = answer.read()
        link.close()
        return answer.status, answer.headers, content

    def fill(self, path: str, fields: dict[str, str], **headers: str) -> tuple[int, bytes]:
        kind = {"Content_Type": "application/x-www-form-urlencoded"}
        body = urlencode({**self.form, **fields}).encode()
        status, _, content = self.ask("POST", path, body, **kind, **headers)
        return status, content

    def begin(self, size: int) -> str:
        status, content = self.fill("/report/pieces", {"name": "食堂.mp4", "size": str(size)})
        assert status == 201, content
        return str(json.loads(content)["token"])

    def piece(self, token: str, place: int, content: bytes) -> int:
        """Send a piece and return where the file ends now."""
        said = {"Upload_Token": token, "Upload_Offset": str(place)}
        _, headers, _ = self.ask("PATCH", "/report/pieces", content, **said)
        return int(headers["Upload-Offset"])

    def break_off(self, token: str, place: int, content: bytes) -> None:
        """Send half a piece and hang up."""
        with socket.create_connection((LOOPBACK, self.port)) as link:
            said = {"Host": "x", "Content-Length": len(content), "Upload-Token": token}
            said["Upload-Offset"] = place
            lines = [f"{name}: {value}\r\n" for name, value in said.items()]
            link.sendall(f"PATCH /report/pieces HTTP/1.1\r\n{''.join(lines)}\r\n".encode())
            link.sendall(content[: len(content) // 2])

    def stand(self, token: str) -> int:
        _, headers, _ = self.ask("GET", "/report/pieces", Upload_Token=token)
        return int(headers["Upload-Offset"])


def film(pieces: int) -> Iterator[bytes]:
    """Yield a film that compresses to nothing, each piece another."""
    for n in range(pieces):
        yield (HEAD if n == 0 else b"").ljust(PIECE, bytes([n % 251]))


def most_memory(server: Server) -> int:
    """Return the most bytes that the server ever held."""
    [line] = [
        line
        for line in Path(f"/proc/{server.pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024


@pytest.fixture
def office() -> Iterator[Server]:
    """An empty office that serves from a folder in memory: what is measured is not the disk."""
    folder = quick_folder("caseflow-films-")
    with start_caseflow(folder, "up", "--no-demo") as server:
        yield server
    shutil.rmtree(folder)


def test_a_film_survives_a_broken_line_and_a_killed_server(tmp_path: Path) -> None:
    server = start_caseflow(tmp_path, "up", "--no-demo")
    line, content = Line(server), list(film(3))
    token = line.begin(3 * PIECE)
    assert line.piece(token, 0, content[0]) == PIECE
    line.break_off(token, PIECE, content[1])
    assert line.stand(token) == PIECE
    server.kill()
    port = int(server.url.rpartition(":")[2])
    with start_caseflow(tmp_path, "up", "--no-demo", port=port):
        assert line.stand(token) == PIECE
        assert line.piece(token, 0, content[0]) == PIECE, "another place: the right one is told"
        assert line.piece(token, PIECE, content[1]) == 2 * PIECE
        assert line.piece(token, 2 * PIECE, content[2]) == 3 * PIECE
        status, kept = line.fill("/report/pieces/whole", {}, Upload_Token=token)
        assert status == 200, kept
    link = sqlite3.connect(tmp_path / "caseflow.db")
    digest = hashlib.sha256(b"".join(content)).hexdigest()
    assert link.execute("SELECT size FROM blob WHERE sha256 = ?", [digest]).fetchall() == [
        (3 * PIECE,)
    ]
    link.close()


def test_a_film_of_600_mb_takes_no_more_memory_than_a_few_pieces(office: Server) -> None:
    line, place = Line(office), 0
    before, token = most_memory(office), line.begin(150 * PIECE)
    for content in film(150):
        place = line.piece(token, place, content)
    assert place == 600 * MIB
    status, kept = line.fill("/report/pieces/whole", {}, Upload_Token=token)
    assert status == 200, kept
    assert b"600 MB" in kept
    assert most_memory(office) - before < 64 * MIB, most_memory(office) - before
