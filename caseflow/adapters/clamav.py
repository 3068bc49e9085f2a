"""Asks ClamAV's daemon by its socket: the bytes are streamed to it, which needs no file of ours."""

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from caseflow.files.scanning import ScanBroken, ScannerAway, TooLargeToScan

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 300.0  # a long film or a deep archive takes its time
_LONGEST = 4096
_VERSION = re.compile(rb"ClamAV [^/]{1,60}/(\d{1,12})/")
_FOUND = re.compile(rb"stream: (.{1,200}) FOUND")


class Clamav:
    """One daemon: `/run/clamav/clamd.ctl`, `unix:/run/…`, or `tcp://host:3310`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def signatures(self) -> str:
        """Return the number of its signatures, '0' where it has none. Raises ScannerAway."""
        with self._link() as link:
            try:
                link.sendall(b"zVERSION\0")
                said = _VERSION.match(_answer(link))
            except OSError as error:
                raise ScannerAway(type(error).__name__) from None
        return said[1].decode() if said else "0"

    def scan(self, pieces: Iterable[bytes], /) -> str:
        """Return the name of what was found, nothing for a clean file.

        Raises ScannerAway, ScanBroken, TooLargeToScan.
        """
        with self._link() as link:
            try:
                with suppress(BrokenPipeError, ConnectionResetError):  # its answer says why
                    _send(link, pieces)
                return _verdict(_answer(link))
            except OSError as error:
                raise ScanBroken(type(error).__name__) from None

    @contextmanager
    def _link(self) -> Iterator[socket.socket]:
        try:
            link = self._connected()
        except OSError as error:
            raise ScannerAway(type(error).__name__) from None
        with link:
            link.settimeout(ANSWER_SECONDS)
            yield link

    def _connected(self) -> socket.socket:
        at = urlsplit(self._address)
        if at.scheme == "tcp":
            return socket.create_connection((at.hostname, at.port or 3310), CONNECT_SECONDS)
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(CONNECT_SECONDS)
        try:
            link.connect(at.path)
        except OSError:
            link.close()
            raise
        return link


def _send(link: socket.socket, pieces: Iterable[bytes]) -> None:
    link.sendall(b"zINSTREAM\0")
    for piece in pieces:
        if piece:  # an empty one would say that this is the end
            link.sendall(len(piece).to_bytes(4))
            link.sendall(piece)
    link.sendall(bytes(4))


def _answer(link: socket.socket) -> bytes:
    """Read up to the NUL that ends an answer."""
    said = b""
    while b"\0" not in said and len(said) < _LONGEST and (more := link.recv(_LONGEST)):
        said += more
    return said.partition(b"\0")[0]


def _verdict(said: bytes) -> str:
    if said == b"stream: OK":
        return ""
    if found := _FOUND.fullmatch(said):
        return found[1].decode("utf-8", "replace")
    if b"size limit exceeded" in said:
        raise TooLargeToScan("the scanner takes no file of this size")
    raise ScanBroken("the scanner broke off")
