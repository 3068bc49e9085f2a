"""A move typed at the machine: through the gate that the page's button goes through, as somebody.

For an office whose web is down, for what has to be done to many cases, and for whoever writes a
script. Whoever types it signs in as themselves; what was written is read from standard input where
it should not stand in the list of processes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import typed_documents, typed_values
from caseflow.errors import BadInput, NotFound, NotPermitted
from caseflow.files import blobs
from caseflow.intake import reviewing
from caseflow.intake.rooms import Rooms
from caseflow.ledger import gate, queries, verbs
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.verbs import Said, Verb
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.refs import whole

_OURS = ("original_id", "review")
"""What a verb is told by what calls it, and nobody types: where words are kept sealed; by which
review a matter is ordered to be done again.
"""


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


def offered(
    rooms: Rooms, actor: Actor, about: str, now: datetime
) -> list[tuple[str, tuple[Said, ...]]]:
    """Return the moves that role and state allow somebody on a case (`NUMBER`) or item
    (`NUMBER/N`, `item/REFERENCE`), or on what `typed_documents` knows, each with what it wants to
    be told; what else the rules ask is told when it is made. Raises NotFound.
    """
    with rooms.database.read() as session:
        if typed_documents.is_ours(about):
            return typed_documents.offered(session, actor, about, now)
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
    if typed_documents.is_ours(about):
        return _make_beside(rooms, actor, about, move, typed, now)
    verb = (verbs.ITEM_VERBS if "/" in about else verbs.CASE_VERBS).get(move)
    if verb is None:
        raise NotFound("没有这一步")
    typed_values.check_names(wanted(verb), typed)
    lies = typed_values.put(rooms, "file", typed["file"]) if _takes_a_file(verb) else None

    def work(session: Session) -> str:
        case, item = _found(session, actor, about)
        said = typed_values.understood(session, verbs.wants(verb), typed, case.id)
        if lies is not None:
            said |= {"name": lies[0], "blob_id": blobs.name(session, lies[1], now).id}
        if move == "ask_review":
            said["original_id"] = reviewing.kept(session, rooms, typed["text"], now)
        with _in_these_words():
            made = verbs.call(verb, session, actor, item.id if item else case.id, said, now)
        if move == "ask_review":
            reviewing.under_one_code(session, rooms, case)
        if isinstance(made, Case) and move == "split_off":
            reviewing.parts_under_one_code(session, rooms, made)
        return item.state if item else case.state

    return rooms.database.run(work)


def _make_beside(
    rooms: Rooms, actor: Actor, about: str, move: str, typed: Mapping[str, str], now: datetime
) -> str:
    """Make a move with what is no case or item; files are named by their paths, a line each."""
    wants = typed_documents.wanted(about, move)
    typed_values.check_names(wants, typed)
    paths = typed_values.lines(typed.get("files", ""))
    lie = [typed_values.put(rooms, "files", path) for path in paths]

    def work(session: Session) -> str:
        said = typed_values.understood(session, wants, typed)
        if lie:
            said["files"] = [(blobs.name(session, put, now).id, name) for name, put in lie]
        with _in_these_words():
            return typed_documents.make(session, actor, about, move, said, now)

    return rooms.database.run(work)


def read(rooms: Rooms, actor: Actor, about: str, what: str) -> str:
    """Return what the page of a document says, for whoever may read that. Raises NotFound."""
    with rooms.database.read() as session:
        return typed_documents.read(session, actor, about, what)


_FIELDS = {
    "checks": "ticked",
    "heard_time": "heard_at",
    "heard_of": "unit_id",
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


def _found(session: Session, actor: Actor, about: str) -> tuple[Case, Item | None]:
    """Return a case or an item that the actor may see; for others it is not there."""
    number, slash, n = about.partition("/")
    if number == "item":
        return queries.item_in_scope(session, scope_of(actor), whole(n) or 0)
    case = session.scalar(select(Case).where(Case.number == number))
    scope = scope_of(actor)
    if slash:
        within = (Item.case_id == (case.id if case else 0), Item.n == (whole(n) or 0))
        item_id = session.scalar(select(Item.id).where(*within))
        return queries.item_in_scope(session, scope, item_id or 0)
    if case is None or not (gate.covers(scope, case) or gate.is_bound_for(actor, case)):
        raise NotFound("没有这个办件，或不在您的辖区内")
    return case, None
