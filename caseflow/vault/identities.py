"""Reporters' identities: kept sealed, found blindly, shown only with a reason and on the record.

Whether the asker may see it at all is checked by the caller: permissions are not the vault's.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.errors import NotFound
from caseflow.many import add_many
from caseflow.vault.person import Person, PersonLike
from caseflow.vault.reveals import checked_reason, record
from caseflow.vault.tables import Identity

FIELDS = ("name", "phone", "email", "address")
WAYS = ("email", "phone", "letter", "text")
TAIL = 4


def keep_identity(
    session: Session,
    ring: KeyRing,
    contact: PersonLike,
    now: datetime,
    *,
    answerable: bool = True,
    texts: bool = False,
) -> str:
    """Seal who reported and return the id of the row; one statement.

    `answerable`: whether a machine may write to the address; where not, it is kept all the same.
    `texts`: whether they agreed to text messages.

    Every contact has a row of its own, also of the same person: rows are told to belong together
    only by the blind index.
    """
    identity_id = secrets.token_hex(16)
    row = _sealed(ring, identity_id, contact, now, answerable=answerable, texts=texts)
    session.execute(insert(Identity).values(row))
    return identity_id


def keep_many(
    session: Session,
    ring: KeyRing,
    people: Sequence[tuple[str, PersonLike]],
    now: datetime,
) -> None:
    """Seal many people, each under an id that the caller made at random; one statement."""
    rows = [_sealed(ring, identity_id, contact, now) for identity_id, contact in people]
    add_many(session, Identity, rows)


def _sealed(
    ring: KeyRing,
    identity_id: str,
    contact: PersonLike,
    now: datetime,
    *,
    answerable: bool = True,
    texts: bool = False,
) -> dict[str, Any]:
    told = _told(contact)
    sealed = {
        field: ring.seal(text.encode(), _context(identity_id, field)) if text else None
        for field, text in told.items()
    }
    return {
        "id": identity_id,
        "phone_index": blind.phone_index(ring, told["phone"]),
        "email_index": blind.email_index(ring, told["email"]),
        "can_be_reached": ",".join(sorted_ways(contact, answerable=answerable, texts=texts)),
        "created_at": now,
        **sealed,
    }


def sorted_ways(contact: PersonLike, *, answerable: bool = True, texts: bool = False) -> list[str]:
    """Return how a person can be reached by what they told, in the order of `WAYS`."""
    told = _told(contact)
    number = blind.normal_phone(told["phone"])
    usable = {
        "email": answerable and blind.normal_email(told["email"]),
        "phone": number,
        "letter": told["address"],
        "text": texts and number and blind.takes_texts(number),
    }
    return [way for way in WAYS if usable[way]]


def _told(contact: PersonLike) -> dict[str, str]:
    return {field: str(getattr(contact, field)).strip() for field in FIELDS}


def reveal(
    session: Session, ring: KeyRing, identity_id: str, user_id: int, reason: str, now: datetime
) -> Person:
    """Open an identity for a person's eyes; who, when and why is written in the same transaction.

    The caller has checked the permission and shows nothing before the commit. Raises BadInput
    without a reason of four characters, NotFound, SealBroken when the row was tampered with.
    """
    reason = checked_reason(reason)
    row = _row(session, identity_id)
    record(session, user_id, reason, now, identity_id=identity_id)
    return Person(**{field: _opened(ring, row, field) for field in FIELDS})


def address_for(session: Session, ring: KeyRing, identity_id: str, way: str) -> str | None:
    """Return where to send to by `email` or `phone`, None when there is no such way.

    For the machine at the moment of sending: it writes no reveal, so no page may show it and no
    log may hold it. A number comes back in normal form (`+8613812345678`).
    """
    row = _row(session, identity_id)
    if way == "email":
        return blind.normal_email(_opened(ring, row, "email"))
    if way == "phone":
        return blind.normal_phone(_opened(ring, row, "phone"))
    raise ValueError(f"nothing can be sent by {way}")


def tails(session: Session, ring: KeyRing, ids: Collection[str]) -> dict[str, str]:
    """Return by identity the last `TAIL` digits of the number; one statement.

    They tell somebody who hears it ring which telephone it is, and nobody who: no reveal.
    """
    rows = session.scalars(
        select(Identity).where(Identity.id.in_(ids), Identity.phone.is_not(None))
    )
    return {row.id: _tail(blind.normal_phone(_opened(ring, row, "phone"))) for row in rows}


def _tail(number: str | None) -> str:
    return number[-TAIL:] if number and len(number) > 2 * TAIL else ""


def ways(session: Session, identity_id: str) -> frozenset[str]:
    """Return how the reporter can be reached, of `WAYS`, without opening anything."""
    return frozenset(_row(session, identity_id).can_be_reached.split(",")) - {""}


def find_by_phone(
    session: Session, ring: KeyRing, typed: str, area_code: str = "", limit: int = 50
) -> list[str]:
    """Return ids of identities with that number, newest first, at most `limit`.

    `area_code`: the office's own telephone area code, by which `5322222` also finds
    `0739-5322222`. Nothing is opened and nothing recorded: it tells which, not who.
    """
    indexes = blind.phone_indexes(ring, typed, area_code)
    return _found(session, Identity.phone_index.in_(indexes), limit) if indexes else []


def find_by_email(session: Session, ring: KeyRing, typed: str, limit: int = 50) -> list[str]:
    """Return ids of identities with that address, newest first, at most `limit`."""
    index = blind.email_index(ring, typed)
    return _found(session, Identity.email_index == index, limit) if index else []


def written_within(session: Session, identity_id: str, time: timedelta) -> int:
    """Return how many contacts an identity's e-mail address, or without one its number, made in the
    `time` up to this one.
    """
    row = _row(session, identity_id)
    column = Identity.email_index if row.email_index else Identity.phone_index
    index = row.email_index or row.phone_index
    query = select(func.count()).where(
        column == index,
        Identity.created_at > row.created_at - time,
        Identity.created_at <= row.created_at,
    )
    return session.scalar(query) or 0 if index else 0


def _found(session: Session, condition: ColumnElement[bool], limit: int) -> list[str]:
    newest_first = (
        select(Identity.id).where(condition).order_by(Identity.created_at.desc(), Identity.id)
    )
    return list(session.scalars(newest_first.limit(limit)))


def _row(session: Session, identity_id: str) -> Identity:
    row = session.get(Identity, identity_id)
    if row is None:
        raise NotFound("没有这份反映人信息")
    return row


def _opened(ring: KeyRing, row: Identity, field: str) -> str:
    sealed: bytes | None = getattr(row, field)
    return "" if sealed is None else ring.open(sealed, _context(row.id, field)).decode()


def _context(identity_id: str, field: str) -> str:
    """Name the place a field is sealed for: it opens in no other row and no other column."""
    return f"identity:{identity_id}:{field}"
