"""The normal form every door's parser ends in. Pure: plain values, no session, no request."""

from dataclasses import dataclass, field
from datetime import datetime

CHANNELS = ("webform", "telephone", "window", "letter", "handed_down", "mailbox", "text")


@dataclass(frozen=True)
class Contact:
    """Who reported, as far as they told; every field may be empty. Never logged."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything at all was said about the person."""
        return any((self.name, self.phone, self.email, self.address))

    def __repr__(self) -> str:
        """Keep the person out of every traceback and log line."""
        return "Contact(…)"


@dataclass(frozen=True)
class IncomingFile:
    """A file that came with a report: its name as sent, the type it claims, its bytes.

    `blob_id` is set instead of `content` when the bytes already lie in the file store.
    """

    name: str
    claimed_type: str = ""
    content: bytes = b""
    blob_id: str | None = None


@dataclass(frozen=True)
class HandedDown:
    """What another office hands down: from whom, under which number, by when, report back?

    `instructed`: a leader's instruction (领导批示), which comes first on every list. `sent_at`:
    when the sender gave it out; `back_due`: when the report back has to be with them.
    """

    sender: str
    number: str = ""
    due: datetime | None = None
    report_back: bool = False
    instructed: bool = False
    sent_at: datetime | None = None
    back_due: datetime | None = None


@dataclass(frozen=True)
class IncomingReport:
    """One contact, parsed. `channel_key` is the channel's own id: a redelivery has the same.

    `received_at`: aware UTC moment of arrival at our door. `original`: the bytes as they came,
    kept sealed. `logged_by`: id of the operator who wrote it down, None when it came by itself.
    `belongs_to`: number of an earlier report this one adds to, only when that was proven.
    `answerable`: whether a machine may write to the contact's e-mail address; `texts`: whether they
    agreed to text messages. `call_began`,
    `call_ended`: aware UTC moments of a telephone call, where somebody timed it.
    """

    channel: str
    channel_key: str
    received_at: datetime
    kind: str
    text: str
    original: bytes
    subject: str = ""
    category: str | None = None
    area_code: str | None = None
    unit_id: int | None = None
    place: str = ""
    happened: str = ""
    contact: Contact = field(default_factory=Contact)
    disclosure: str = "withheld"
    call_back: bool = False
    urgent: bool = False
    locale: str = "zh"
    files: tuple[IncomingFile, ...] = ()
    logged_by: int | None = None
    handed_down: HandedDown | None = None
    belongs_to: str | None = None
    answerable: bool = True
    texts: bool = False
    call_began: datetime | None = None
    call_ended: datetime | None = None
