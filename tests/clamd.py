"""A ClamAV daemon of our own that speaks the real protocol, for as much of it as is spoken to it.

z-commands end with NUL and so do answers; INSTREAM takes chunks behind their length in four bytes,
most significant first, and ends with an empty one; over `StreamMaxLength` it says so and hangs up.
It finds EICAR's test file, and nothing else.
"""

import socket
import threading
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """One daemon on a Unix socket, or on TCP where no path is given."""

    def __init__(self, path: Path | None = None, longest: int = 25 * 1024 * 1024) -> None:
        self.longest = longest
        self.signatures = 27400
        self.dies_after: int | None = None
        """Bytes of a stream after which it hangs up without a word."""
        self.seen: list[bytes] = []
        self.finds = EICAR
        if path is None:
            self._door = socket.create_server(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{self._door.getsockname()[1]}"
        else:
            self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._door.bind(str(path))
            self._door.listen()
            self.address = f"unix:{path}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self) -> None:
        """End, once; whoever asks afterwards is refused."""
        if self._thread.is_alive():
            self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._door.accept()
            except OSError:
                return
            with link, link.makefile("rb") as heard:
                self._answer(link, heard)

    def _answer(self, link: socket.socket, heard) -> None:  # type: ignore[no-untyped-def]
        command = b""
        while not command.endswith(b"\0"):
            command += heard.read(1)
        if command == b"zVERSION\0":
            link.sendall(f"ClamAV 1.0.7/{self.signatures}/Tue Mar  3 08:28:20 2026\0".encode())
        elif command == b"zINSTREAM\0":
            said = self._stream(heard)
            if said:
                link.sendall(said)
        else:
            link.sendall(b"UNKNOWN COMMAND\0")

    def _stream(self, heard) -> bytes:  # type: ignore[no-untyped-def]
        content = b""
        while size := int.from_bytes(heard.read(4)):
            if len(content) + size > self.longest:
                return b"INSTREAM size limit exceeded. ERROR\0"
            content += heard.read(size)
            if self.dies_after is not None and len(content) > self.dies_after:
                return b""
        self.seen.append(content)
        if self.finds in content:
            return b"stream: Eicar-Test-Signature FOUND\0"
        return b"stream: OK\0"
