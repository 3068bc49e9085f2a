"""A move typed at the machine: through the gate that the page's button goes through, as somebody.

For an office whose web is down, for what has to be done to many cases, and for whoever writes a
script. Whoever types it signs in as themselves; what was written is read from standard input where
it should not stand in the list of processes.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotFound, NotPermitted
from caseflow.files import blobs
from caseflow.files.blobs import Put
from caseflow.files.names import safe_name
from caseflow.intake import reviewing
from caseflow.intake.rooms import Rooms
from caseflow.ledger import gate, queries, verbs
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.verbs import Said, Verb
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.people.tables import Unit, User
from caseflow.refs import whole

_OURS = ("original_id", "review")
"""What a verb is told by what calls it, and nobody types: where words are kept sealed; by which
review a matter is ordered to be done again.
"""
_YES_OR_NO = {"yes": True, "no": False}


def sign_in(rooms: Rooms, username: str, password: str, now: datetime) -> Actor:
    """Return who has this name and password; tries are counted as at the page's door.

    Raises NotPermitted, in the same words for every way of being wrong.
    """
    known = accounts.enter(rooms.database, username, password, now)
    if known is None:
        raise NotPermitted("登录名或密码不对，或账号暂时锁定")
    if known.told:  # whoever set it could act as them
        raise NotPermitted("这个密码还有别人知道，请先在网页上登录并换成自己的")
    return known.actor


def offered(rooms: Rooms, actor: Actor, about: str) -> list[tuple[str, tuple[Said, ...]]]:
    """Return the moves that role and state allow somebody on a case (`NUMBER`) or item
    (`NUMBER/N`), each with what it wants to be told; what else the rules ask is told when it is
    made. Raises NotFound.
    """
    with rooms.database.read() as session:
        case, item = _found(session, actor, about)
        if item is None:
            edges, table = gate.offers(actor, case), verbs.CASE_VERBS
        else:
            edges, table = gate.offers_on(actor, case, item), verbs.ITEM_VERBS
        allowed = {edge.move for edge in edges}
        moves = [name for name in table if not allowed.isdisjoint(verbs.THROUGH.get(name, (name,)))]
        return [(move, wanted(table[move])) for move in moves]


def wanted(verb: Verb) -> tuple[Said, ...]:
    """Return what is to be typed for a verb: a file for what the page uploads; of what is kept as
    it came in, the words.
    """
    found = tuple(one for one in verbs.wants(verb) if one.name not in _OURS)
    if not _takes_a_file(verb):
        return found
    rest = tuple(one for one in found if one.name not in ("blob_id", "name"))
    return (Said("file", Path, needed=True), *rest)


def make(
    rooms: Rooms, actor: Actor, about: str, move: str, typed: Mapping[str, str], now: datetime
) -> str:
    """Make a move with what was typed, in one transaction, and return the state it led to.

    Raises NotFound, BadInput for what is missing, not wanted or not understood, and what the verb
    itself raises.
    """
    verb = (verbs.ITEM_VERBS if "/" in about else verbs.CASE_VERBS).get(move)
    if verb is None:
        raise NotFound("没有这一步")
    _check_names(wanted(verb), typed)
    lies = _put(rooms, typed["file"]) if _takes_a_file(verb) else None

    def work(session: Session) -> str:
        case, item = _found(session, actor, about)
        said = _understood(session, case, verb, typed)
        if lies is not None:
            said |= {"name": lies[0], "blob_id": blobs.name(session, lies[1], now).id}
        if move == "ask_review":
            said["original_id"] = reviewing.kept(session, rooms, typed["text"], now)
        with _in_these_words():
            verbs.call(verb, session, actor, item.id if item else case.id, said, now)
        if move == "ask_review":
            reviewing.under_one_code(session, rooms, case)
        return item.state if item else case.state

    return rooms.database.run(work)


_FIELDS = {
    "opinion": "result",
    "milestone": "n",
    "until_1": "until",
    "visit_time": "visited_at",
    "companion": "people",
}
"""What a page calls a field and the verb by another name."""


@contextmanager
def _in_these_words() -> Iterator[None]:
    """Name what is wrong as it is typed here."""
    try:
        yield
    except BadInput as error:
        raise BadInput(
            {_FIELDS.get(name, name): why for name, why in error.fields.items()}
        ) from error


def _takes_a_file(verb: Verb) -> bool:
    return any(one.name == "blob_id" for one in verbs.wants(verb))


def _put(rooms: Rooms, path: str) -> tuple[str, Put]:
    """Put a file into the store, before any transaction; return its name and where it lies."""
    try:
        with Path(path).open("rb") as stream:
            return safe_name(Path(path).name), blobs.put(rooms.store, stream)
    except OSError as error:
        raise BadInput({"file": str(error.strerror)}) from error


def _check_names(wants: Iterable[Said], typed: Mapping[str, str]) -> None:
    needed = {one.name: one.needed for one in wants}
    gaps = {name: "还没有填写" for name in needed if needed[name] and name not in typed}
    more = dict.fromkeys(typed.keys() - needed.keys(), "这一步不需要")
    if gaps or more:
        raise BadInput({**gaps, **more})


def _found(session: Session, actor: Actor, about: str) -> tuple[Case, Item | None]:
    """Return a case or an item that the actor may see; for others it is not there."""
    number, slash, n = about.partition("/")
    case = session.scalar(select(Case).where(Case.number == number))
    scope = scope_of(actor)
    if slash:
        within = (Item.case_id == (case.id if case else 0), Item.n == (whole(n) or 0))
        item_id = session.scalar(select(Item.id).where(*within))
        return queries.item_in_scope(session, scope, item_id or 0)
    if case is None or not (gate.covers(scope, case) or gate.is_bound_for(actor, case)):
        raise NotFound("没有这个办件，或不在您的辖区内")
    return case, None


def _understood(
    session: Session, case: Case, verb: Verb, typed: Mapping[str, str]
) -> dict[str, object]:
    """Return what was typed as the verb takes it; all that is not understood is named at once."""
    said: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for one in verbs.wants(verb):
        if one.name in typed:
            try:
                said[one.name] = _value(session, case, one, typed[one.name])
            except ValueError as error:
                wrong[one.name] = str(error)
    if wrong:
        raise BadInput(wrong)
    return said


def _value(session: Session, case: Case, one: Said, typed: str) -> object:
    """Return what a text means: a name its id, a day a date, lines a list. Raises ValueError."""
    kind = str(one.kind)
    if one.name.endswith("_id") or one.name == "follows":
        return _id(session, case, one.name, typed)
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
    if "Sequence" in kind:
        return [line for line in typed.splitlines() if line.strip()]
    return typed


def _number(typed: str) -> int:
    found = whole(typed)
    if found is None:
        raise ValueError("请填数字")
    return found


def _id(session: Session, case: Case, name: str, typed: str) -> int:
    """Return the id of what a name or number stands for. Raises ValueError."""
    query = select(User.id).where(User.username == typed)
    if name.endswith("unit_id"):
        query = select(Unit.id).where(Unit.name == typed, Unit.active.is_(True))
    elif name == "report_id":
        query = select(Report.id).where(Report.number == typed)
    elif name == "follows":
        query = select(Item.id).where(Item.case_id == case.id, Item.n == (whole(typed) or 0))
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise ValueError("没有找到，或不止一个")
    return found[0]
