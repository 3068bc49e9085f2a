"""Reading a whole ledger without writing a line: what would be made, what is wrong, what to ask."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import BadInput, Told
from caseflow.intake.old_ledger import names, rows
from caseflow.intake.old_ledger.books import Written
from caseflow.intake.old_ledger.names import Named, Question, Register
from caseflow.intake.old_ledger.rows import Choices, Row, Wrong
from caseflow.intake.old_ledger.source import Source
from caseflow.ledger.history import canonical
from caseflow.ledger.import_tables import IS_NUMBERED, STANDS, ImportedRow, UnitName
from caseflow.many import one_of
from caseflow.people.actor import Actor
from caseflow.people.tables import Area, Unit

TAKEN, REPEATED, WRONG = "taken", "repeated", "wrong"
_AT_ONCE = 500
_TOLD_EACH = 1_000
_TOLD = 200
"""So many rows that are wrong are told on the page; the report has all."""


@dataclass(frozen=True)
class Line:
    """What becomes of one row: `made` is the state in which its case begins, `why` says why there
    is none. `fate`: taken, repeated (known already, nothing is made) or wrong.
    """

    n: int
    fate: str
    number: str = ""
    made: str = ""
    unit: str = ""
    column: str = ""
    why: str = ""


@dataclass
class Checked:
    """What came out."""

    lines: list[Line] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    questions: Sequence[Question] = ()

    @property
    def wrong(self) -> list[Line]:
        """The rows that are wrong, once for each reason."""
        return [line for line in self.lines if line.fate == WRONG]

    @property
    def repeated(self) -> int:
        """How many rows are known already."""
        return sum(1 for line in self.lines if line.fate == REPEATED)

    @property
    def taken(self) -> int:
        """How many cases would be made."""
        return sum(self.made.values())

    @property
    def may_go_on(self) -> bool:
        """Tell whether all rows can be taken over."""
        return not self.wrong and not self.questions and self.taken > 0


def fingerprint(ring: KeyRing, row: Row) -> str:
    """Return the keyed hash of all that a row says but for its mere place in the list."""
    kept = {name: text for name, text in row.said.items() if name != "serial"}
    whole = canonical(kept | rows.identity_of(row))
    return ring.mac("import:row", whole.encode(), ring.oldest_key).hex()


def register(session: Session, actor: Actor, area: str) -> Register:
    """Return the units of the actor's areas, with what the office answered before."""
    units = session.execute(
        select(Unit.id, Unit.name)
        .join(Area, Area.code == Unit.area_code)
        .where(getattr(Area, actor.level) == actor.area, Unit.active.is_(True))
        .order_by(Unit.id)
    )
    answers = select(UnitName.words, UnitName.unit_id).where(UnitName.area_code == area)
    remembered = dict(session.execute(answers).all())
    return Register([Named(*row) for row in units], remembered)


@dataclass
class Reader:
    """Reads the rows of a source one after another and remembers what it met. `heard` is told how
    many rows are done, now and then.
    """

    source: Source
    choices: Choices
    ring: KeyRing
    register: Register
    actor: Actor
    now: datetime
    heard: Callable[[int], None]
    met: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    unsettled: Counter[str] = field(default_factory=Counter)

    def read(self) -> Iterator[tuple[int, Row | None, str, list[Wrong]]]:
        """Yield each row's place, the row with its fingerprint, or what is wrong with it. A row
        that says the same as one before is yielded as None with nothing wrong.
        """
        sheet = self.source.dates(self.now, self.choices.year)
        for n, cells in self.source.rows():
            found = rows.read(n, cells, self.choices, sheet, self.now)
            if isinstance(found, list):
                yield n, None, "", found
                continue
            mark = fingerprint(self.ring, found)
            if mark in self.met:
                yield n, None, mark, []
                continue
            self.met[mark] = n
            yield n, found, mark, self._against_others(found)

    def _against_others(self, row: Row) -> list[Wrong]:
        wrong = []
        if row.number and (other := self.numbers.setdefault(row.number, row.n)) != row.n:
            why = Told("编号和第 %(n)d 行相同，内容不同", n=other)
            wrong.append(Wrong("number", why))
        settled, unit = self.register.find(row.unit)
        if not settled:
            self.unsettled[row.unit] += 1
        if unit is not None and unit in self.actor.recused:
            wrong.append(Wrong("unit", "您须回避这个单位，请由他人导入"))
        return wrong


def check(session: Session, reader: Reader, area: str) -> Checked:
    """Read a source to its end and return what would become of each row. Raises BadInput where the
    file cannot be read, or has no row.
    """
    found = Checked()
    waiting: list[tuple[Row, str]] = []
    for done, (n, row, mark, wrong) in enumerate(reader.read(), 1):
        if done % _TOLD_EACH == 0:
            reader.heard(done)
        if wrong:
            found.lines += [_refused(n, row, one) for one in wrong]
        elif row is None:
            why = Told("和第 %(n)d 行相同", n=reader.met[mark])
            found.lines.append(Line(n, REPEATED, why=why))
        else:
            waiting.append((row, mark))
        if len(waiting) >= _AT_ONCE:
            _settle(session, found, reader, area, waiting)
    _settle(session, found, reader, area, waiting)
    if not found.lines:
        raise BadInput(
            {"file": "表头下面一行内容也没有：请看看是不是传错了文件，或者内容在另一张工作表"}
        )
    found.lines.sort(key=lambda line: line.n)
    found.questions = names.asked(reader.register, reader.unsettled)
    return found


def _refused(n: int, row: Row | None, one: Wrong) -> Line:
    return Line(n, WRONG, row.number if row else "", column=one.field, why=one.why)


def _settle(
    session: Session,
    found: Checked,
    reader: Reader,
    area: str,
    waiting: list[tuple[Row, str]],
) -> None:
    """Compare some rows with what came in before, and empty the list."""
    marks, numbers = known(session, area, waiting)
    for row, mark in waiting:
        if mark in marks:
            why = "以前导入过，内容相同"
            found.lines.append(Line(row.n, REPEATED, row.number, why=why))
        elif row.number in numbers:
            why = "这个编号以前导入过，内容不同"
            found.lines.append(Line(row.n, WRONG, row.number, column="number", why=why))
        else:
            _, unit = reader.register.find(row.unit)
            name = reader.register.names.get(unit or 0, "")
            found.lines.append(Line(row.n, TAKEN, row.number, row.state, name))
            found.made[row.state] += 1
    waiting.clear()


def known(
    session: Session, area: str, some: Sequence[tuple[Row, str]], but: int | None = None
) -> tuple[set[str], set[str]]:
    """Return which of the rows' fingerprints and numbers came in before and stand; not by the
    import `but`, which is being written.
    """
    here = [ImportedRow.area_code == area]
    if but is not None:
        # Also another statement than that of the check: PostgreSQL keeps the plan of that one,
        # which it made when the table had no rows, and would read all rows for each batch.
        here.append(ImportedRow.import_id != but)
    marks = [mark for _, mark in some]
    numbers = [row.number for row, _ in some if row.number]
    by_mark = select(ImportedRow.fingerprint).where(
        *here, STANDS, one_of(ImportedRow.fingerprint, "marks", String)
    )
    by_number = select(ImportedRow.number).where(
        *here, IS_NUMBERED, one_of(ImportedRow.number, "numbers", String)
    )
    return (
        set(session.scalars(by_mark, {"marks": marks})),
        set(session.scalars(by_number, {"numbers": numbers})),
    )


def told(found: Checked) -> str:
    """Return what is kept of a check, as JSON: numbers, reasons and questions; nothing of who
    reported what.
    """
    return json.dumps(
        {
            "made": dict(found.made),
            "repeated": found.repeated,
            "wrong": len(found.wrong),
            "rows_wrong": len({line.n for line in found.wrong}),
            "first": [[line.n, line.column, *_parts(line.why)] for line in found.wrong[:_TOLD]],
            "questions": [
                [one.words, one.rows, [[unit.id, unit.name] for unit in one.offered]]
                for one in found.questions[:_TOLD]
            ],
            "asked": len(found.questions),
        },
        ensure_ascii=False,
    )


def _parts(why: str) -> tuple[str, dict[str, object]]:
    """Return a message with its holes, and what fills them, to be said in either language."""
    return (why.text, dict(why.values)) if isinstance(why, Told) else (why, {})


FATES = {TAKEN: "导入", REPEATED: "不重复导入", WRONG: "有问题"}  # not said


def report(found: Checked, states: dict[str, str]) -> Written:
    """Return the report of every row as a sheet. `states`: the word of each state of a case."""

    def lines() -> Iterator[Sequence[str]]:
        yield ("行号", "编号", "结果", "生成的办件", "对应单位", "列", "原因")  # not said
        for line in found.lines:
            made, column = states.get(line.made, ""), rows.heading(line.column)
            yield (str(line.n), line.number, FATES[line.fate], made, line.unit, column, line.why)

    return Written("逐行核对", lines(), (8, 20, 12, 12, 28, 14, 48))  # not said
