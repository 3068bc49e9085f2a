"""How far an import is, told past its transaction to whoever looks at its page.

All rows are written in one transaction, which nobody can look into, and on SQLite nobody else can
write until it ends. So the count lies in a small file beside the database. It is for eyes only:
nothing rests on it, and where it cannot be kept the import goes on without.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


def _nobody(_done: int, _rows: int) -> None:
    """Listen to nothing."""


@dataclass(frozen=True)
class Progress:
    """The counts of imports under way, in one folder that all processes of an office share.

    `heard` is told the same in this process.
    """

    folder: Path
    heard: Callable[[int, int], None] = _nobody

    def tell(self, import_id: int, done: int, rows: int) -> None:
        """Say how many rows are done, of how many; 0 where that is not known yet."""
        path = self._path(import_id)
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            unfinished = path.with_suffix(".new")
            unfinished.write_text(f"{done} {rows}", encoding="ascii")
            unfinished.replace(path)
        self.heard(done, rows)

    def of(self, import_id: int) -> tuple[int, int]:
        """Return how many rows are done and of how many; 0 where nothing is known."""
        try:
            done, rows = self._path(import_id).read_text(encoding="ascii").split()
            return int(done), int(rows)
        except (OSError, ValueError):
            return 0, 0

    def forget(self, import_id: int) -> None:
        """Say nothing any more: it is over, or begins anew."""
        with suppress(OSError):
            self._path(import_id).unlink(missing_ok=True)
            self.folder.rmdir()  # unless another import is under way

    def _path(self, import_id: int) -> Path:
        return self.folder / f"import-{import_id}"
