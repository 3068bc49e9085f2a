"""Sets sheets with Typst, the only importer of that library.

Our own font comes first, so that a document has the same bytes on every machine; what it lacks
comes from the fonts of the machine, and what they lack too is named beneath the document.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Final

import typst

from caseflow.errors import Unavailable
from caseflow.paper import sheets
from caseflow.paper.sheets import Sheet

STANDARD: Final = "a-2b"
"""Refuses a sign that no font has a picture of, where plain PDF would leave a hole."""

_LACKS = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_BY_NUMBER = re.compile(r"\\u\{([0-9a-f]+)\}")


class Typst:
    """A typesetter with the fonts of a folder and, behind them, those of the machine."""

    def __init__(self, folder: Path, *, of_machine: bool = True) -> None:
        """Read what fonts there are. Raises Unavailable where the folder holds none."""
        if not any(folder.glob("*.ttf")):
            raise Unavailable("缺少字体，排不出 PDF。请管理员重新安装前端文件")
        self._fonts = typst.Fonts(
            include_system_fonts=of_machine, include_embedded_fonts=False, font_paths=[folder]
        )

    @property
    def families(self) -> list[str]:
        """The fonts that there are, by family."""
        return self._fonts.families()

    def pdf(self, sheet: Sheet, at: datetime, /) -> bytes:
        """Return the sheet as PDF/A-2b dated `at`: the same bytes for the same sheet."""
        lacking: frozenset[str] = frozenset()
        while True:
            try:
                return self._set(sheet, at, lacking)
            except typst.TypstError as refused:
                found = _lacking(refused.diagnostic) - lacking
                if not found:
                    raise
                lacking |= found

    def _set(self, sheet: Sheet, at: datetime, lacking: frozenset[str]) -> bytes:
        return typst.compile(
            sheets.program(sheet),
            font_paths=self._fonts,
            sys_inputs={"said": sheets.said(sheet, lacking)},
            pdf_standards=STANDARD,
            timestamp=int(at.timestamp()),
        )


def _lacking(diagnostic: str) -> frozenset[str]:
    """Return the signs that could not be shown, as the compiler names them."""
    named = (_BY_NUMBER.sub(_of_number, found) for found in _LACKS.findall(diagnostic))
    return frozenset("".join(named).replace("\\", ""))


def _of_number(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))
