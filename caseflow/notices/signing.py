"""Lets every message leave under an id that proves to be ours when somebody answers it."""

from dataclasses import dataclass, replace

from caseflow.crypto.keys import KeyRing
from caseflow.crypto.message_ids import signed
from caseflow.outbox.transport import Outgoing, Transport


@dataclass(frozen=True)
class Signed:
    """A transport whose messages carry their proof; the same message has the same id each time.

    `answers`: mail comes to us, so that whoever reported may answer that they want no more of it.
    """

    inner: Transport
    ring: KeyRing
    answers: bool = False

    def send(self, address: str, message: Outgoing) -> None:
        """Hand the message on under its proven id. Raises as the transport does."""
        proven = replace(
            message,
            message_id=signed(self.ring, message.message_id),
            may_stop=self.answers and message.recipient.startswith("report:"),
        )
        self.inner.send(address, proven)
