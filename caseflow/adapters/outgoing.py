"""Lays messages down as files until a mail server is configured: an office of one machine.

The files hold addresses, so only the owner can read them.
"""

import os
import re
import tempfile
from pathlib import Path

from caseflow.adapters.smtp import compose
from caseflow.outbox.transport import Outgoing, PermanentFailure, TransportDown

_SAFE = re.compile(r"[A-Za-z0-9-]{1,120}")


class OutgoingFolder:
    """A folder (mode 0700) of one mail file each (mode 0600), named after the message id.

    The same message again replaces its file, so a repeated send leaves one.
    """

    def __init__(self, folder: Path, sender: str, sender_name: str = "") -> None:
        """Use `folder`, which is made when the first message comes."""
        self._folder = folder
        self._sender = sender
        self._sender_name = sender_name

    def send(self, address: str, message: Outgoing) -> None:
        """Write one file, on disk when this returns. Raises TransportDown when the disk refuses."""
        if not _SAFE.fullmatch(message.message_id):
            raise PermanentFailure("not a message id")
        content = compose(self._sender, self._sender_name, address, message).as_bytes()
        try:
            self._write(f"{message.message_id}.eml", content)
        except OSError as error:
            raise TransportDown(f"outgoing folder: {type(error).__name__}") from error

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        number, draft = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".unfinished")
        try:
            with os.fdopen(number, "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(self._folder / name)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
