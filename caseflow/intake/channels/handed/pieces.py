"""A text cut at the names of fields, and a table read by its heads. Pure; nothing is left out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from caseflow.intake.channels.handed import words

LONG = ("text", "instruction")
"""Fields that go on over lines, until the next name at the start of one."""
_SHORT_NAME = 2
_BETWEEN = ",，、"
_FIGURES = re.compile(r"[\d０-９年月日时分点前:：/. -]{4,30}(?:\n|\Z)")


@dataclass(frozen=True)
class Piece:
    """A stretch of the text: `raw` as it stands there, the field it names (empty for none), by
    which name, and what was said.
    """

    raw: str
    field: str = ""
    label: str = ""
    value: str = ""


def cut(text: str) -> list[Piece]:
    """Return the pieces of a text in its order; all of `raw` together are the text."""
    marks = list(_marks(text))
    starts = [start for start, _, _ in marks] + [len(text)]
    pieces = [Piece(text[: starts[0]])]
    for (start, after, label), end in zip(marks, starts[1:], strict=True):
        pieces += _said(text[start:after], label, text[after:end])
    return [piece for piece in pieces if piece.raw]


def _marks(text: str) -> Iterator[tuple[int, int, str]]:
    """Find where names stand: start, end, and the name."""
    long = False
    for found in words.pattern().finditer(text):
        label = words.bare(found["colon"] or found["mark"] or found["line"])
        before = text[found.start() - 1 : found.start()]
        begins = before in ("", "\n")
        if long and not begins and (before in _BETWEEN or len(label) <= _SHORT_NAME):
            continue  # the words of somebody who tells a story
        if found["line"] and (len(label) <= _SHORT_NAME or (long and not _believed(found, text))):
            continue
        long = words.fields()[label] in LONG
        yield found.start(), found.end(), label


def _believed(found: re.Match[str], text: str) -> bool:
    """Tell whether a name without a colon ends a story: where it has a line of its own, or figures
    behind it and nothing else.
    """
    ends = found[0][-1:] not in (" ", "\u3000")
    return ends or _FIGURES.match(text, found.end()) is not None


def _said(head: str, label: str, tail: str) -> list[Piece]:
    """Return the piece of a name, and what stands behind its value and belongs to nothing."""
    field = words.fields()[label]
    if field in LONG:
        return [Piece(head + tail, field, label, tail.strip())]
    # The value is the first line that says something; what follows names nothing.
    bare = tail.lstrip()
    gap = len(tail) - len(bare)
    line, _, _ = bare.partition("\n")
    end = gap + len(line)
    piece = Piece(head + tail[:end], field, label, line.strip(" \t\u3000;；,，|｜"))
    return [piece, Piece(tail[end:])]


def table(rows: Sequence[Sequence[str]]) -> list[list[Piece]]:
    """Return the orders of a table whose first telling row names fields; empty for no such table.

    A column whose head names no field stays with its head, so that it can be read.
    """
    head = next((n for n, row in enumerate(rows) if _heads(row)), None)
    if head is None:
        return []
    names = [" ".join(cell.split()) for cell in rows[head]]
    above = [Piece(" ".join(row).strip()) for row in rows[:head] if any(row)]
    found = []
    for row in rows[head + 1 :]:
        cells = [_cell(name, cell) for name, cell in zip(names, row, strict=False) if cell.strip()]
        extra = [Piece(cell) for cell in row[len(names) :] if cell.strip()]
        if len(cells) > 1:
            found.append([*above, *cells, *extra])
        elif cells and found:  # a line below the table
            found[-1].append(Piece(cells[0].value))
    return found


def _cell(name: str, cell: str) -> Piece:
    value = cell.strip()
    field = words.field_of(name)
    return Piece(f"{name}：{value}", field, words.bare(name) if field else "", value)  # not said


def _heads(row: Sequence[str]) -> bool:
    """Tell whether a row names at least three fields side by side and says nothing else."""
    named = [bool(words.field_of(cell)) for cell in row if cell.strip()]
    beside = any(one and other for one, other in pairwise(named))
    return sum(named) >= 3 and beside and sum(named) * 2 > len(named)


def pairs(rows: Sequence[Sequence[str]]) -> str:
    """Return a form in cells (name, value, name, value) as text that `cut` can read."""
    return "\n".join(_line(row) for row in rows)


def _line(row: Sequence[str]) -> str:
    said = [cell.strip() for cell in row if cell.strip()]
    out, n = [], 0
    while n < len(said):
        if words.field_of(said[n]) and n + 1 < len(said) and not words.field_of(said[n + 1]):
            out.append(f"{said[n].rstrip(':：')}：{said[n + 1]}")  # not said
            n += 2
        else:
            out.append(f"{said[n]}：" if words.field_of(said[n]) else said[n])  # not said
            n += 1
    return "\n".join(out)
