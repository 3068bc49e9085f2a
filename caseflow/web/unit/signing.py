"""The signature under a unit's answer, as its page shows it: who signs, what waits or came back."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from caseflow import words
from caseflow.ledger import signatures
from caseflow.ledger.holding import Holding
from caseflow.ledger.signature_tables import Signature
from caseflow.people import names
from caseflow.web import edge
from caseflow.web.locale import gettext, moment_text, series
from caseflow.web.unit.typed import Typed


@dataclass(frozen=True)
class Sign:
    """`people`: who signs, where it is not the reader; `asks`: nobody has the post, so that the
    page asks for a name, `known` being the last one. `waits`: the answer that waits, as words;
    `mine`: the reader may sign it. `anew`: it can be given anew instead, since there is nobody to
    sign it or the reader, who wrote it, has become who signs (`own`). `back`: the answer that was
    sent back, and why.
    """

    people: str = ""
    asks: bool = False
    known: str = ""
    waits: str = ""
    writer: str = ""
    mine: bool = False
    own: bool = False
    anew: Signature | None = None
    back: Signature | None = None


def look(session: Session, held: Holding) -> Sign:
    """Return what the page says about signatures; nothing of it for inspectors and onlookers."""
    me, item = edge.actor(), held.item
    if me.unit is None or not held.turn:
        return Sign()
    people = signatures.responsible(session, me.unit, edge.now())
    row = signatures.waiting(session, item)
    own = any(one.id == me.id for one in people)
    sign = Sign(
        people="" if own else series(one.name for one in people),
        asks=not people,
        known="" if people else signatures.known_signer(session, me.unit),
    )
    if row is not None:
        by = names.users(session, [row.written_by])[row.written_by]
        writer = gettext("%(who)s 拟于 %(when)s", who=by, when=moment_text(row.written_at))
        found = gettext(words.FINDINGS[row.result]) if row.result else ""
        waits = "\n".join(filter(None, (found, row.answer)))
        mine = own and row.written_by != me.id
        anew = row if not people or (own and not mine) else None
        return replace(sign, waits=waits, writer=writer, mine=mine, own=own, anew=anew)
    last = signatures.newest(session, item, me.unit)
    fits = last is not None and item.state == signatures.STATES[last.move]
    return replace(sign, back=last if last and fits and last.outcome == "sent_back" else None)


def given_back(sign: Sign, typed: Typed) -> Typed:
    """Return what was typed; where nothing was, what was sent back, to be written better, or what
    waits for nobody.
    """
    row = sign.back or sign.anew
    if row is None or typed.form or typed.errors or typed.changed:
        return typed
    if row.move == "submit":
        return Typed({"done": row.answer})
    return Typed({"result": row.result, "basis": row.answer})
