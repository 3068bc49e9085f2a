"""What was typed at the machine, as verbs take it: a name its id, a day a date, lines a list."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.files.blobs import Put
from caseflow.files.names import safe_name
from caseflow.intake.rooms import Rooms
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Item
from caseflow.ledger.verbs import Said
from caseflow.people.tables import Unit, User
from caseflow.refs import whole

_YES_OR_NO = {"yes": True, "no": False}


def check_names(wants: Iterable[Said], typed: Mapping[str, str]) -> None:
    """Raise BadInput for what is needed and was not typed, and for what nobody asked for."""
    needed = {one.name: one.needed for one in wants}
    gaps = {name: "还没有填写" for name in needed if needed[name] and name not in typed}
    more = dict.fromkeys(typed.keys() - needed.keys(), "这一步不需要")
    if gaps or more:
        raise BadInput({**gaps, **more})


def put(rooms: Rooms, field: str, path: str) -> tuple[str, Put]:
    """Put a file into the store, before any transaction; return its name and where it lies.

    Raises BadInput, named by the `field`, where it cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            return safe_name(Path(path).name), rooms.accept(stream)
    except OSError as error:
        raise BadInput({field: str(error.strerror)}) from error


def understood(
    session: Session, wants: Iterable[Said], typed: Mapping[str, str], case_id: int = 0
) -> dict[str, object]:
    """Return what was typed as a verb takes it. `case_id`: of the case whose items are named by
    number. Raises BadInput with everything that is not understood.
    """
    said: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for one in wants:
        if one.name in typed:
            try:
                said[one.name] = _value(session, case_id, one, typed[one.name])
            except ValueError as error:
                wrong[one.name] = str(error)
    if wrong:
        raise BadInput(wrong)
    return said


def lines(typed: str) -> list[str]:
    """Return several things that were typed a line each."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def accounts(session: Session, field: str, typed: Collection[str]) -> list[int]:
    """Return the ids of people by the names they sign in with. Raises BadInput for others."""
    known = dict(
        session.execute(select(User.username, User.id).where(User.username.in_(typed))).all()
    )
    strangers = [one for one in typed if one not in known]
    if strangers:
        raise BadInput({field: "没有找到：" + "、".join(strangers)})
    return [known[one] for one in typed]


def _value(session: Session, case_id: int, one: Said, typed: str) -> object:
    """Return what a text means. Raises ValueError."""
    kind = str(one.kind)
    if one.name.endswith("_id") or one.name == "follows":
        return _id(session, case_id, one.name, typed)
    if one.kind is int:
        return _number(typed)
    if "bool" in kind:
        if typed not in _YES_OR_NO:
            raise ValueError("请填 yes 或 no")
        return _YES_OR_NO[typed]
    if "date" in kind:
        return date.fromisoformat(typed)
    if "Mapping" in kind:
        return dict(line.split("=", 1) for line in typed.splitlines() if "=" in line)
    if "Sequence" in kind or "Collection" in kind:
        return lines(typed)
    return typed


def _number(typed: str) -> int:
    found = whole(typed)
    if found is None:
        raise ValueError("请填数字")
    return found


def _id(session: Session, case_id: int, name: str, typed: str) -> int:
    """Return the id of what a name or number stands for. Raises ValueError."""
    query = select(User.id).where(User.username == typed)
    if name.endswith("unit_id"):
        query = select(Unit.id).where(Unit.name == typed, Unit.active.is_(True))
    elif name == "report_id":
        query = select(Report.id).where(Report.number == typed)
    elif name == "follows":
        query = select(Item.id).where(Item.case_id == case_id, Item.n == (whole(typed) or 0))
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise ValueError("没有找到，或不止一个")
    return found[0]
