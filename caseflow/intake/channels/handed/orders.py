"""Pasted text as orders: which field is filled with what, from which words, and what is left.

Nothing is guessed silently: each filled field keeps the words it came from, and what fills none is
the rest. Nothing here raises, whatever was pasted.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from caseflow.intake.channels.handed import filling, moments, pieces, words
from caseflow.intake.channels.handed.filling import Asked, Ends, Filled
from caseflow.intake.channels.handed.pieces import Piece

LONGEST = 400_000  # characters of one paste
MOST = 500
"""Orders of one paste; what is more stays in the last one's rest."""
LONGEST_TEXT = 10_000

_HEAD = re.compile(
    r"[\u3400-\u9fff×○〇Xx]{0,12}(?:12345[\u3400-\u9fff]{0,16}?(?:热线|中心|平台|办)|信访(?:工作)?局|信访联席办"
    r"|网信办|政府办公室|政府办|(?:市|区|县|省)委办公室|(?:市|区|县|省)委办|教育局|教育厅)"
)
_HEADING = 40
_ASKED = ("请", "由", "转", "送", "报", "抄", "致")  # not said
_WISH = re.compile(
    r"[^。；;\n]{0,30}?(?:反馈|回复|报送|上报|报告|报结果|函复|回告|报我|报结)[^。；;\n]{0,20}"
)
_DONE = re.compile(r"[^。；;\n]{0,30}?(?:办结|办理完毕|办理到位|整改到位|处理完毕)[^。；;\n]{0,20}")
_BY = re.compile(r"\s*(?:17时|下班)?\s*(?:之前|以前|前)")
_INSTRUCTED = re.compile(
    r"领导批示|批示(?:件|抄清|单|转办)|[\u3400-\u9fff]{2,8}(?:同志|书记|市长|区长|县长|局长)批示"
)


@dataclass(frozen=True)
class Order:
    """One matter: fields of the desk's sheet by name, what is left, and the whole as pasted."""

    fields: Mapping[str, Filled]
    rest: str
    whole: str


def read(text: str, today: date, ends: Ends | None = None) -> list[Order]:
    """Return the orders of a pasted text, in its order; none only for a text without words."""
    asked = Asked(today, ends)
    text = pasted = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    rows = [line.split("\t") for line in text.split("\n")] if "\t" in text else []
    if found := pieces.table(rows):
        return of_table(found, asked)
    if rows and not _labelled_lines(rows):
        text = pieces.pairs(rows)
    read = [order(one, asked) for one in apart(pieces.cut(text[:LONGEST]))]
    return [replace(read[0], whole=pasted)] if len(read) == 1 else read


def _labelled_lines(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether no row is a form of several cells, so that the text reads as it stands."""
    return all(len([cell for cell in row if cell.strip()]) <= 1 for row in rows)


def read_rows(rows: Sequence[Sequence[str]], today: date, ends: Ends | None = None) -> list[Order]:
    """Return the orders of a sheet: a table of many, or a form of one."""
    if found := pieces.table(rows):
        return of_table(found, Asked(today, ends))
    return read(pieces.pairs(rows), today, ends)


def of_table(found: Sequence[Sequence[Piece]], asked: Asked) -> list[Order]:
    """Return an order for each line of a table."""
    return [order(one, asked, "\n") for one in found[:MOST]]


# Several in one paste


def apart(cut: Sequence[Piece]) -> list[list[Piece]]:
    """Return the pieces of each order: a new one begins where the first name, or the number, is
    said again.
    """
    named = [piece.field for piece in cut if piece.field]
    if not any(piece.raw.strip() for piece in cut):
        return []
    first = named[0] if named else ""
    many = named.count("sender_number")
    begins = first if many > 1 and named.count(first) == many else "sender_number"
    found: list[list[Piece]] = [[]]
    seen = False
    for piece in cut:
        if piece.field == begins and seen and len(found) < MOST:
            found.append(_heading(found[-1]))
        seen = seen or piece.field == begins
        found[-1].append(piece)
    return [one for one in found if any(piece.raw.strip() for piece in one)]


def _heading(before: list[Piece]) -> list[Piece]:
    """Take the heading of the next order from the end of the one before, where one stands there."""
    if before and not before[-1].field:
        kept, gap, head = before[-1].raw.rstrip().rpartition("\n")
        if gap and _HEAD.search(head):
            before[-1] = Piece(kept + gap)
            return [Piece(head + "\n")]
    return []


# One order


def order(cut: Sequence[Piece], asked: Asked, glue: str = "") -> Order:
    """Return what an order's pieces fill."""
    named = sorted((piece for piece in cut if piece.field), key=lambda one: words.rank()[one.label])
    filled: dict[str, Filled] = {}
    used: set[int] = set()
    began = _times(named, asked, filled, used)
    for piece in named:
        take = filling.SIMPLE.get(piece.field)
        got = take(piece.value) if take else None
        if got is not None and filled.get(piece.field, got).value == got.value:
            before = filled.get(piece.field)
            said = f"{before.words}\n" if before and got.whole else ""
            kept = Filled(got.value, said + piece.raw.strip(), got.whole)
            filled[piece.field] = kept if got.whole or before is None else before
            if got.whole:
                used.add(id(piece))
    _phone_beside(named, filled)
    _story(cut, filled, used)
    loose = [piece for piece in cut if id(piece) not in used]
    _unsaid(cut, filled, asked, began)
    rest = _joined(piece.raw for piece in loose)
    return Order(filled, rest, glue.join(piece.raw for piece in cut).strip())


def _joined(raws: Iterable[str]) -> str:
    return "\n".join(raw.strip() for raw in raws if raw.strip())


def _times(
    named: Sequence[Piece], asked: Asked, filled: dict[str, Filled], used: set[int]
) -> date | None:
    """Fill when the order was sent, by when it is to be done, and by when told; return the first,
    from which stretches are counted.
    """
    began = None
    for field in ("received", "due", "back"):
        for piece in (one for one in named if one.field == field):
            found = filling.moment(piece.value, asked, began)
            if found is None or f"{field}_day" in filled:
                continue
            day, at, _ = found
            said = piece.raw.strip()
            filled[f"{field}_day"] = Filled(day, said)
            if at:
                filled[f"{field}_time"] = Filled(at, said)
            if field == "received":
                began = date.fromisoformat(day)
            if field == "back":
                filled.setdefault("report_back", Filled("1", said))
            used.add(id(piece))
    return began


def _phone_beside(named: Sequence[Piece], filled: dict[str, Filled]) -> None:
    """Take a number that stands beside the name, where none has a name of its own."""
    if "phone" in filled:
        return
    for piece in named:
        got = filling.phone(piece.value) if piece.field == "name" else None
        if got is not None:
            filled["phone"] = Filled(got.value, piece.raw.strip())
            return


def _story(cut: Sequence[Piece], filled: dict[str, Filled], used: set[int]) -> None:
    """Fill what happened: everything that is named as such, and what a leader wrote about it."""
    told = [one for one in cut if one.field == "text" and one.value]
    wrote = [one for one in cut if one.field == "instruction" and one.value]
    by = [one for one in cut if one.field == "instructor" and one.value]
    if wrote:
        filled["instructed"] = Filled("1", _joined(one.raw for one in (*by, *wrote)))
    parts = [one.value for one in told]
    parts += [one.raw.strip() for one in (*by, *wrote)]
    if not (told or wrote):
        parts, told = _untold(cut)
    text = "\n\n".join(parts)
    if text and len(text) <= LONGEST_TEXT:
        filled["text"] = Filled(text, _joined(one.raw for one in (*told, *by, *wrote)))
        used.update(id(one) for one in (*told, *by, *wrote))


def _untold(cut: Sequence[Piece]) -> tuple[list[str], list[Piece]]:
    """Return the story of an order that names none: the longest of what belongs to nothing."""
    loose = [one for one in cut if not one.field and one.raw.strip()]
    if not loose:
        return [], []
    longest = max(loose, key=lambda one: len(one.raw.strip()))
    return [longest.raw.strip()], [longest]


def _unsaid(
    cut: Sequence[Piece],
    filled: dict[str, Filled],
    asked: Asked,
    began: date | None,
) -> None:
    """Read from sentences what no name told: sender in the heading, until when, a report back."""
    lines = [line.strip() for one in cut if not one.field for line in one.raw.split("\n")]
    if "sender" not in filled:
        _by_heading(lines, filled)
    if "instructed" not in filled:
        heads = (line for line in lines if len(line) <= _HEADING and _INSTRUCTED.search(line))
        if head := next(heads, ""):
            filled["instructed"] = Filled("1", head)
    told = "\n".join(piece.raw for piece in cut if piece.field in ("", "instruction", "other"))
    for name, sentence in (("back", _WISH), ("due", _DONE)):
        if f"{name}_day" not in filled:
            _sentence(name, sentence, told, filled, asked, began)


def _by_heading(lines: Sequence[str], filled: dict[str, Filled]) -> None:
    """Take the office that a line of its own names, as a heading or a signature does; not the one
    that is written to, nor one that is asked.
    """
    for line in lines:
        found = _HEAD.match(line) if len(line) <= _HEADING else None
        if found and not line.startswith(_ASKED) and not line.endswith((":", "：")):
            filled["sender"] = Filled(found[0], line)
            return


def _sentence(
    name: str,
    sentence: re.Pattern[str],
    told: str,
    filled: dict[str, Filled],
    asked: Asked,
    began: date | None,
) -> None:
    for found in sentence.finditer(told):
        said = found[0].strip()
        day = _said_by(said, asked, began)
        if day:
            filled[f"{name}_day"] = Filled(day, said)
            if name == "back":
                filled.setdefault("report_back", Filled("1", said))
            return


def _said_by(said: str, asked: Asked, began: date | None) -> str:
    """Return the ISO day before which a sentence asks for something; empty where it names none."""
    half = moments.half(said)
    for found in moments.MOMENT.finditer(half):
        moment = moments.of_match(found, asked.today)
        if moment and _BY.match(half, found.end()):
            return moment.day.isoformat()
    stretch = moments.within(said)
    if stretch and asked.ends and began:
        try:
            return asked.ends(began, stretch)[0]
        except OverflowError:
            return ""
    return ""
