"""Sends messages: claim and commit, send with no transaction open, record and commit.

A crash between the far end's yes and our commit leaves a claim behind. When its lease has run out
the message is sent again under the same message id, and counted (engine 13).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.orm import Session

from caseflow.clock import monotonic
from caseflow.db import Database
from caseflow.outbox.failures import describe
from caseflow.outbox.handlers import (
    Complete,
    Enclose,
    Note,
    Resolve,
    Waking,
    as_it_stands,
    at_any_hour,
    note_nothing,
    nothing_enclosed,
)
from caseflow.outbox.night import is_night
from caseflow.outbox.patience import Patience
from caseflow.outbox.tables import MESSAGE_OPEN, MESSAGE_OWED, Attempt, Message
from caseflow.outbox.taking import take_next
from caseflow.outbox.transport import (
    NotYet,
    Outgoing,
    PermanentFailure,
    Transport,
    TransportDown,
)

log = logging.getLogger(__name__)

NO_ADDRESS = "no_address"
NO_TRANSPORT = "no_transport"
LEASE_RAN_OUT = "lease_ran_out"
WORKER_LENGTH = 60
_CALM_WAITS = timedelta(minutes=10)


@dataclass(frozen=True)
class Claim:
    """A message that is ours until its lease ends; attempt and lease tell it from other claims.

    `worn_out`: so many claims of it ran out that it is suspected of killing its workers.
    """

    id: int
    attempt: int
    lease_until: datetime
    worn_out: bool
    recipient: str
    way: str
    outgoing: Outgoing


@dataclass(frozen=True)
class Outcome:
    """What became of a claim: the message's next state and what to say of it; `until`: it waits
    for that moment, and was not tried.
    """

    state: str
    words: str = ""
    until: datetime | None = None


SENT = Outcome("sent")


def send(
    database: Database,
    transports: Mapping[str, Transport],
    resolve: Resolve,
    now: datetime,
    worker: str,
    limit: int,
    *,
    complete: Complete = as_it_stands,
    enclose: Enclose = nothing_enclosed,
    on_sent: Note = note_nothing,
    on_dead: Note = note_nothing,
    on_withheld: Note = note_nothing,
    patience: Patience | None = None,
    waking: Waking = at_any_hour,
    calm: bool = True,
    only_urgent: bool = False,
) -> int:
    """Send up to `limit` messages that are due at `now`, urgent ones first; return how many.

    Every claim's end is recorded in a transaction of its own together with what `on_sent`,
    `on_dead` or `on_withheld` does there; when that raises, the end is recorded alone and the note
    is owed: it is tried again by later runs, the sending is not. A second run at the same time
    takes other messages. Without `calm` what may wait does, for ten minutes at most, and in the
    night (`waking`) in any case; `only_urgent` leaves all else to others. Raises what the database
    raises; nothing a transport raises.
    """
    notes = {"sent": on_sent, "dead": on_dead, "withheld": on_withheld}
    by = worker[:WORKER_LENGTH]
    sender = _Sender(
        database, transports, (resolve, complete, enclose), by, notes, patience or Patience(), now
    )
    sender.passes_calm_by, sender.only_urgent = not calm, only_urgent
    sender.waking = waking
    done = 0
    while done < limit and sender.pay_one_debt():
        done += 1
    while done < limit and sender.carry_one():
        done += 1
    return done


class _Sender:
    """One run of `send`."""

    def __init__(
        self,
        database: Database,
        transports: Mapping[str, Transport],
        reach: tuple[Resolve, Complete, Enclose],
        worker: str,
        notes: Mapping[str, Note],
        patience: Patience,
        now: datetime,
    ) -> None:
        self._database = database
        self._transports = transports
        self._resolve, self._complete, self._enclose = reach
        self._worker = worker
        self._notes = notes
        self._patience = patience
        self._start = now, monotonic()
        self._down: set[str] = set()
        self.passes_calm_by = self.only_urgent = False
        self.waking: Waking = at_any_hour

    def _now(self) -> datetime:
        """Return the run's moment plus what passed since: a slow send must not eat the lease."""
        moment, began = self._start
        return moment + timedelta(seconds=monotonic() - began)

    def carry_one(self) -> bool:
        """Claim, send and record one message; False when none is due."""
        claim = self._database.run(self._claim)
        if claim is None:
            return False
        outcome = Outcome("dead", LEASE_RAN_OUT) if claim.worn_out else self._try(claim)
        if outcome is not SENT:
            level = logging.WARNING if outcome.state == "dead" else logging.INFO
            log.log(level, "message %d: %s (%s)", claim.id, outcome.state, outcome.words)
        self._record(claim, outcome)
        return True

    def pay_one_debt(self) -> bool:
        """Take up one note that failed when its message was recorded; False when none is due."""
        owing: list[int] = []
        try:
            return self._database.run(partial(self._pay, owing))
        except Exception as error:
            if not owing:
                raise
            log.error("message %d: its note failed again: %s", owing[-1], describe(error))
            self._database.run(partial(self._put_off, owing[-1]))
            return True

    def _claim(self, session: Session) -> Claim | None:
        now = self._now()
        passable: list[ColumnElement[bool]] = []
        if self._down:
            passable.append(Message.way.not_in(self._down))
        if is_night(self.waking, now):
            passable.append(Message.calm.is_(False))
        elif self.passes_calm_by:
            passable.append(or_(Message.calm.is_(False), Message.not_before <= now - _CALM_WAITS))
        message = take_next(
            session, Message, MESSAGE_OPEN, now, *passable, only_urgent=self.only_urgent
        )
        if message is None:
            return None
        worn_out = message.state == "claimed" and self._ran_out(session, message, now)
        lease_until = now + self._patience.lease_time
        message.state = "claimed"
        message.claimed_by = self._worker
        message.attempts += 1
        message.lease_until = message.not_before = lease_until
        return Claim(
            message.id,
            message.attempts,
            lease_until,
            worn_out,
            message.recipient,
            message.way,
            Outgoing(
                message.message_id,
                message.subject,
                message.text,
                message.locale,
                recipient=message.recipient,
            ),
        )

    def _ran_out(self, session: Session, message: Message, now: datetime) -> bool:
        """Count a claim whose worker never came back; tell whether that were too many in a row.

        The count never goes back, since /metrics shows it; a requeued message starts a new row.
        """
        message.repeats += 1
        session.add(Attempt(message_id=message.id, at=now, ok=False, note=LEASE_RAN_OUT))
        return message.repeats % self._patience.repeats == 0

    def _try(self, claim: Claim) -> Outcome:
        """Send `claim` and say what came of it."""
        transport = self._transports.get(claim.way)
        if transport is None:
            return Outcome("withheld", NO_TRANSPORT)
        try:
            with self._database.read() as session:
                address = self._resolve(session, claim.recipient, claim.way)
                said = self._complete(session, claim.recipient, claim.outgoing.text)
                enclosed = self._enclose(session, claim.recipient)
            if address is None:
                return Outcome("withheld", NO_ADDRESS)
            transport.send(address, replace(claim.outgoing, text=said, enclosure=enclosed))
        except PermanentFailure as error:
            return Outcome("dead", describe(error))
        except NotYet as error:
            return Outcome("pending", describe(error), error.until)
        except TransportDown as error:
            self._down.add(claim.way)
            return self._later(claim, describe(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, it stands in the outcome
            return self._later(claim, describe(error))
        return SENT

    def _later(self, claim: Claim, words: str) -> Outcome:
        return Outcome("pending" if claim.attempt < self._patience.tries else "dead", words)

    def _record(self, claim: Claim, outcome: Outcome) -> None:
        """Write down the outcome together with its note; with the note owed when that fails."""
        note = self._notes.get(outcome.state)
        try:
            self._database.run(partial(self._write, claim, outcome, note, False))
        except Exception as error:
            if note is None:
                raise
            log.error("message %d: its note failed: %s", claim.id, describe(error))
            self._database.run(partial(self._write, claim, outcome, None, True))

    def _write(
        self, claim: Claim, outcome: Outcome, note: Note | None, owed: bool, session: Session
    ) -> None:
        now = self._now()
        message = session.get_one(Message, claim.id, with_for_update=True)
        sent = outcome.state == "sent"
        session.add(Attempt(message_id=message.id, at=now, ok=sent, note=outcome.words))
        ours = (message.state, message.attempts, message.lease_until) == (
            "claimed",
            claim.attempt,
            claim.lease_until,
        )
        if message.state == "sent" or not (sent or ours):
            return  # another claim settled it, or is about to: a failure of ours changes nothing
        message.state = outcome.state
        message.reason = outcome.words or None
        message.lease_until = None
        message.sent_at = now if sent else None
        message.not_before = outcome.until or now + self._pause(outcome, claim, owed)
        message.owed = owed
        if outcome.until is not None:
            message.attempts -= 1
        if note:
            note(session, message, now)

    def _pause(self, outcome: Outcome, claim: Claim, owed: bool) -> timedelta:
        """Return how long the message or its owed note is to be left alone."""
        if outcome.state == "pending":
            return self._patience.wait(f"message {claim.id}", claim.attempt)
        return self._note_pause(claim.id) if owed else timedelta(0)

    def _pay(self, owing: list[int], session: Session) -> bool:
        now = self._now()
        message = session.scalars(
            select(Message)
            .where(text(MESSAGE_OWED), Message.not_before <= now)
            .order_by(Message.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if message is None:
            return False
        owing.append(message.id)
        self._notes[message.state](session, message, now)
        message.owed = False
        return True

    def _put_off(self, message_id: int, session: Session) -> None:
        message = session.get_one(Message, message_id, with_for_update=True)
        message.not_before = self._now() + self._note_pause(message_id)

    def _note_pause(self, message_id: int) -> timedelta:
        """Return the pause before a failed note is tried again: some minutes, without end."""
        return self._patience.wait(f"note {message_id}", 3)
