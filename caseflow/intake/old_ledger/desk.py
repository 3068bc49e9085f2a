"""An import from its upload to its end, as an office goes through it: settle the columns, answer
what is asked, read what would come of it, take it over, undo it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from io import BytesIO

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.errors import BadInput, CaseflowError, MoveNotAllowed, NotFound, Told
from caseflow.files import blobs
from caseflow.files.blobs import Put
from caseflow.files.names import safe_name
from caseflow.intake.old_ledger import checking, flat, headings, names, source
from caseflow.intake.old_ledger.books import Workbooks
from caseflow.intake.old_ledger.checking import Checked, Reader
from caseflow.intake.old_ledger.progress import Progress
from caseflow.intake.old_ledger.rows import Choices
from caseflow.intake.old_ledger.source import Source
from caseflow.intake.old_ledger.taking import Taking
from caseflow.intake.rooms import Rooms
from caseflow.ledger.import_tables import LedgerImport, SavedMapping, UnitName
from caseflow.ledger.moves import importing
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.tables import Area, User

LARGEST = 20 * 1024 * 1024
AT_ONCE = 300_000
"""Files of so many bytes are worked on while whoever sent them waits; larger ones by a job."""
MAY = "case.import"
PAGE = 30
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Desk:
    """What an import needs at hand: the house, and what reads and writes workbooks."""

    rooms: Rooms
    books: Workbooks
    progress: Progress

    def begin(self, actor: Actor, name: str, content: bytes, now: datetime) -> int:
        """Keep a file and return the id of its import. Raises BadInput on `file` where it is no
        ledger, too large, or came in before.
        """
        require(actor, MAY)
        if len(content) > LARGEST:
            raise BadInput({"file": Told("文件超过 %(n)d MB", n=LARGEST // 1024 // 1024)})
        found = source.opened(self.books, content, name)
        lies = blobs.put(self.rooms.store, content)
        return self.rooms.database.run(lambda s: self._kept(s, actor, name, found, lies, now))

    def _kept(
        self, session: Session, actor: Actor, name: str, found: Source, lies: Put, now: datetime
    ) -> int:
        _require_new(session, actor.area, found.sha256)
        sealed = self.rooms.ring.seal(safe_name(name).encode(), _context(found.sha256))
        one = LedgerImport(
            area_code=actor.area,
            blob_id=blobs.name(session, lies, now).id,
            name=sealed,
            sha256=found.sha256,
            state="open",
            choices=_dumped(guessed(session, actor.area, found)),
            user_id=actor.person,
            at=now,
        )
        session.add(one)
        session.flush()
        return one.id

    def name_of(self, one: LedgerImport) -> str:
        """Return the name of the file."""
        return self.rooms.ring.open(one.name, _context(one.sha256)).decode()

    def source(self, session: Session, one: LedgerImport) -> Source:
        """Open the file of an import. Raises BadInput, NotFound."""
        store, name = self.rooms.store, self.name_of(one)
        if one.flat_blob_id:
            page = flat.page(blobs.read(session, store, one.flat_blob_id))
            return source.again(page, one.sha256, name)
        return source.opened(self.books, blobs.read(session, store, one.blob_id or ""), name)

    def settle(self, actor: Actor, import_id: int, choices: Choices, now: datetime) -> None:
        """Keep what the columns hold, also for the next sheet with these headings, and check.

        Raises BadInput on `columns` where one that is needed is missing, or one is named twice.
        """
        with self.rooms.database.read() as session:
            found = self.source(session, of(session, actor, import_id))
        _require_sound(choices, found)

        def keep(session: Session) -> None:
            one = of(session, actor, import_id, lock=True)
            _require_state(one, "open", "checked")
            one.choices, one.state, one.fault = _dumped(choices), "checking", ""
            _remember(session, actor, one.area_code, found, choices, now)

        self.rooms.database.run(keep)
        self.check_if_small(import_id, now)

    def answer(
        self, actor: Actor, import_id: int, answers: Mapping[str, int | None], now: datetime
    ) -> None:
        """Keep which unit each name means, also for the next file, and check again."""

        def keep(session: Session) -> None:
            one = of(session, actor, import_id, lock=True)
            _require_state(one, "checked", "open")
            known = checking.register(session, actor, one.area_code).ids
            for said, unit in answers.items():
                if unit is not None and unit not in known:
                    raise BadInput({"unit": "请从名册里选择"})
                _answered(session, actor, one.area_code, said, unit, now)
            one.state, one.fault = "checking", ""

        self.rooms.database.run(keep)
        self.check_if_small(import_id, now)

    def check_if_small(self, import_id: int, now: datetime) -> None:
        """Check a small file at once; a larger one is a job's."""
        if self._is_small(import_id):
            self.check(import_id, now)

    def _is_small(self, import_id: int) -> bool:
        with self.rooms.database.read() as session:
            one = session.get_one(LedgerImport, import_id)
            size = sum(
                len(piece) for piece in blobs.chunks(session, self.rooms.store, one.blob_id or "")
            )
            return size <= AT_ONCE

    def _reader(self, session: Session, one: LedgerImport, now: datetime) -> Reader:
        actor = accounts.actor_of(session, session.get_one(User, one.user_id))
        require(actor, MAY)
        register = checking.register(session, actor, one.area_code)
        found = self.source(session, one)
        if not one.flat_blob_id:
            found = replace(found, page=flat.Flattening(found.page, found.others))
        import_id, rows = one.id, rows_of(one) if one.state == "running" else 0
        return Reader(
            found,
            choices_of(one),
            self.rooms.ring,
            register,
            actor,
            now,
            lambda done: self.progress.tell(import_id, done, rows),
        )

    def check(self, import_id: int, now: datetime) -> None:
        """Check a file and keep what was found, with a report of every row. A second run finds it
        checked.
        """
        with self.rooms.database.read(snapshot=True) as session:
            one = session.get_one(LedgerImport, import_id)
            if one.state != "checking":
                return
            found, fault, lines = self._checked(session, one, now)
        store = self.rooms.store
        lies = blobs.put(store, self._written(found))
        plain = blobs.put(store, lines) if lines else None

        def keep(session: Session) -> None:
            one = session.get_one(LedgerImport, import_id, with_for_update=True)
            if one.state == "checking":
                one.report_blob_id = blobs.name(session, lies, now).id
                if plain is not None:
                    one.flat_blob_id = blobs.name(session, plain, now).id
                one.found, one.fault = checking.told(found), fault
                one.state = "open" if fault else "checked"

        self.rooms.database.run(keep)
        self.progress.forget(import_id)

    def _checked(
        self, session: Session, one: LedgerImport, now: datetime
    ) -> tuple[Checked, str, bytes]:
        """Return what a check found, why it could not go on, and the sheet as plain lines where
        it was read from the file itself.
        """
        try:
            reader = self._reader(session, one, now)
            found = checking.check(session, reader, one.area_code)
        except CaseflowError as error:
            return Checked(), error.told or str(error), b""
        page = reader.source.page
        return found, "", page.content() if isinstance(page, flat.Flattening) else b""

    def _written(self, found: Checked) -> bytes:
        file = BytesIO()
        self.books.write(file, [checking.report(found, words.CASE_STATES)])
        return file.getvalue()

    def confirm(self, actor: Actor, import_id: int, now: datetime) -> None:
        """Take all rows over: a small file at once, a larger one by a job. Raises MoveNotAllowed
        where anything is wrong or not answered.
        """

        def keep(session: Session) -> None:
            one = of(session, actor, import_id, lock=True)
            _require_state(one, "checked")
            found = found_of(one)
            if found["wrong"] or found["asked"] or not found["made"]:
                raise MoveNotAllowed("还有问题没有解决，不能导入")
            _require_new(session, one.area_code, one.sha256)
            one.state, one.user_id, one.fault = "running", actor.person, ""

        self.rooms.database.run(keep)
        if self._is_small(import_id):
            self.take(import_id, now)

    def take(self, import_id: int, now: datetime) -> None:
        """Take over a confirmed import in one transaction; what stops it is told on its page, and
        not a single row is kept. A second run finds it done.
        """
        try:
            self.rooms.database.run(lambda session: self._taken(session, import_id, now))
        except CaseflowError as error:
            fault = error.told or str(error)
            self.rooms.database.run(lambda session: _stopped(session, import_id, fault))
        self.progress.forget(import_id)

    def _taken(self, session: Session, import_id: int, now: datetime) -> None:
        query = select(LedgerImport).where(LedgerImport.id == import_id)
        one = session.scalar(query.with_for_update(skip_locked=True))
        if one is None or one.state != "running":
            return
        _require_new(session, one.area_code, one.sha256)
        taking = Taking(session, self.rooms, self._reader(session, one, now), one, now)
        taking.all()
        taking.of.state, taking.of.done_at = "done", now

    def work(self, now: datetime) -> int:
        """Do what waits for a job; return how many were done. A second run finds none."""
        query = select(LedgerImport.id, LedgerImport.state)
        query = query.where(LedgerImport.state.in_(("checking", "running")))
        with self.rooms.database.read() as session:
            waiting = session.execute(query.order_by(LedgerImport.id)).all()
        for import_id, state in waiting:
            if state == "checking":
                self.check(import_id, now)
            else:
                self.take(import_id, now)
        return len(waiting)


def undo(session: Session, actor: Actor, import_id: int, reason: str, now: datetime) -> int:
    """Undo a whole import, with a reason; return how many cases are void. Raises BadInput,
    MoveNotAllowed where one of its cases was handled since.
    """
    why = " ".join(reason.split())
    if not 2 <= len(why) <= _LONGEST_REASON:
        raise BadInput({"reason": "请写明撤销的原因"})
    one = of(session, actor, import_id, lock=True)
    return importing.undo(session, actor, one, why, now)


def drop(session: Session, actor: Actor, import_id: int) -> None:
    """Give up an import of which nothing was taken over; its file is forgotten."""
    one = of(session, actor, import_id, lock=True)
    _require_state(one, "open", "checked")
    one.state, one.found = "dropped", ""
    one.blob_id = one.flat_blob_id = one.report_blob_id = None


def of(session: Session, actor: Actor, import_id: int, *, lock: bool = False) -> LedgerImport:
    """Return an import of the actor's areas. Raises NotPermitted, NotFound."""
    require(actor, MAY)
    query = select(LedgerImport).where(LedgerImport.id == import_id, _within(actor))
    one = session.scalar(query.with_for_update() if lock else query)
    if one is None:
        raise NotFound("没有这次导入")
    return one


def recent(session: Session, actor: Actor, before: int = 0) -> Sequence[LedgerImport]:
    """Return a page of the imports of the actor's areas, the newest first."""
    query = select(LedgerImport).where(_within(actor))
    query = query.where(LedgerImport.id < before) if before else query
    return session.scalars(query.order_by(LedgerImport.id.desc()).limit(PAGE)).all()


def _within(actor: Actor) -> ColumnElement[bool]:
    here = select(Area.code).where(getattr(Area, actor.level) == actor.area)
    return LedgerImport.area_code.in_(here)


def choices_of(one: LedgerImport) -> Choices:
    """Return what was settled about an import's columns."""
    kept = json.loads(one.choices)
    return Choices(**kept | {"columns": tuple(kept["columns"])})


def found_of(one: LedgerImport) -> dict[str, object]:
    """Return what the check found; empty before it."""
    empty = {"made": {}, "repeated": 0, "wrong": 0, "rows_wrong": 0, "first": [], "questions": []}
    return {**empty, "asked": 0, **(json.loads(one.found) if one.found else {})}


def rows_of(one: LedgerImport) -> int:
    """Return how many rows a check found that are to be taken over."""
    return sum(json.loads(one.found)["made"].values()) if one.found else 0


def guessed(session: Session, area: str, found: Source) -> Choices:
    """Return what the columns of a sheet hold: as settled for such headings before, or guessed."""
    saved = session.get(SavedMapping, (area, found.table.fingerprint))
    if saved is None:
        return Choices(tuple(headings.guess(found.table.headings)))
    kept = json.loads(saved.choices)
    return Choices(**kept | {"columns": tuple(kept["columns"]), "year": None})


def _dumped(choices: Choices) -> str:
    return json.dumps(asdict(choices))


def _context(sha256: str) -> str:
    return f"import:{sha256}:name"


def _require_state(one: LedgerImport, *states: str) -> None:
    if one.state not in states:
        raise MoveNotAllowed("这次导入已经到了另一步，请刷新页面")


def _require_new(session: Session, area: str, sha256: str) -> None:
    query = select(LedgerImport.id).where(
        LedgerImport.area_code == area, LedgerImport.sha256 == sha256
    )
    known = session.scalar(query.where(LedgerImport.state == "done").limit(1))
    if known is not None:
        raise BadInput({"file": Told("这个文件已经导入过（第 %(n)d 次导入）", n=known)})


def _require_sound(choices: Choices, found: Source) -> None:
    used = [name for name in choices.columns if name]
    if len(choices.columns) != len(found.table.headings) or set(used) - set(headings.FIELDS):
        raise BadInput({"columns": "列和文件不一致，请重新选择"})
    twice = next((name for name in used if used.count(name) > 1), "")
    if twice:
        raise BadInput({"columns": "同一项内容只能对应一列"})
    if not ("received" in used and {"text", "subject"} & set(used)):
        raise BadInput({"columns": "至少要指明哪一列是来件时间、哪一列是反映内容"})
    if choices.kind not in words.KINDS or choices.result not in ("", "closed", "open"):
        raise BadInput({"kind": "请选择诉求类型"})


def _remember(
    session: Session, actor: Actor, area: str, found: Source, choices: Choices, now: datetime
) -> None:
    kept = asdict(choices) | {"year": None}
    saved = SavedMapping(
        area_code=area,
        fingerprint=found.table.fingerprint,
        choices=json.dumps(kept),
        headings=json.dumps(found.table.headings, ensure_ascii=False),
        set_by=actor.person,
        set_at=now,
    )
    session.merge(saved)


def _answered(
    session: Session, actor: Actor, area: str, said: str, unit: int | None, now: datetime
) -> None:
    known = names.key(said)[:200]
    session.execute(delete(UnitName).where(UnitName.area_code == area, UnitName.words == known))
    values = {"unit_id": unit, "set_by": actor.person, "set_at": now}
    session.add(UnitName(area_code=area, words=known, **values))
    session.flush()


def _stopped(session: Session, import_id: int, fault: str) -> None:
    one = session.get_one(LedgerImport, import_id, with_for_update=True)
    if one.state == "running":
        one.state, one.fault = "checked", fault
