"""Sends messages through the office's mail server.

Nothing the server says is passed on, only its code: answers quote addresses.
"""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from email.utils import format_datetime
from typing import Literal

from caseflow.clock import now
from caseflow.outbox.transport import (
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    TransportDown,
)

Security = Literal["starttls", "tls", "none"]

STOP = "STOP"
"""What a mail program writes for whoever presses its button, before the id of the message
(RFC 2369).
"""
_LANGUAGES = {"zh": "zh-CN"}


@dataclass(frozen=True)
class SmtpTransport:
    """A mail server and how to speak with it. `timeout` in seconds, for each step.

    `sender` is the office's own address; its domain also ends the Message-ID. There is no fall
    back to plain text: a server that does not offer STARTTLS counts as down.
    """

    host: str
    port: int
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = "starttls"
    timeout: float = 10.0
    context: ssl.SSLContext | None = field(default=None, repr=False)

    def send(self, address: str, message: Outgoing) -> None:
        """Hand one message to the server; done when it answered 250 to the whole of it.

        Raises PermanentFailure for an address or content that is refused for good, TransportDown
        when the server cannot be reached or will not let us in, else TemporaryFailure.
        """
        mail = self.compose(address, message)
        link = self.connect()
        try:
            self.hand_over(link, address, mail)
        finally:
            # The answer to the message has been given; how the server says goodbye is nothing.
            with suppress(smtplib.SMTPException, OSError):
                link.quit()
            link.close()

    def compose(self, address: str, message: Outgoing) -> EmailMessage:
        """Return the mail for one message. Raises PermanentFailure."""
        return compose(self.sender, self.sender_name, address, message)

    def hand_over(self, link: smtplib.SMTP, address: str, mail: EmailMessage) -> None:
        """Hand one mail to the server over a connection. Raises as `send` does."""
        try:
            link.send_message(mail, self.sender, [_wire(address)])
        except (smtplib.SMTPException, OSError) as error:
            raise _failure(error) from error

    def connect(self) -> smtplib.SMTP:
        """Return a connection on which we are signed in. Raises TransportDown."""
        try:
            return self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise TransportDown(_words(error)) from error

    def _connect(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        if self.security == "tls":
            link: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            link = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                link.starttls(context=context)
            if self.user:
                link.login(self.user, self.password)
        except BaseException:
            link.close()
            raise
        return link


def compose(sender: str, sender_name: str, address: str, message: Outgoing) -> EmailMessage:
    """Return the mail for one message.

    Headers are built from parsed parts and the subject is put on one line, so that nothing typed
    by anybody can add a header. Raises PermanentFailure for what is not one plain address.
    """
    mail = EmailMessage(policy=MAIL)
    mail["From"] = Address(_one_line(sender_name), addr_spec=sender)
    mail["To"] = _recipient(address)
    mail["Subject"] = _one_line(message.subject)
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.may_stop:
        mail["List-Unsubscribe"] = f"<mailto:{sender}?subject={STOP}%20{message.message_id}>"
    mail.set_content(message.text, charset="utf-8", cte="base64")
    if message.enclosure is not None:
        mail.add_attachment(
            message.enclosure.content(),
            maintype="application",
            subtype="pdf",
            filename=message.enclosure.name,
        )
    mail["Content-Language"] = _LANGUAGES.get(message.locale, message.locale)
    return mail


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=_wire(address))
    except (ValueError, IndexError, MessageError) as error:
        raise PermanentFailure("not a mail address") from error


def _wire(address: str) -> str:
    """Return the address in ASCII, its domain in the form that the name service knows."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain and local.isascii() and address.isprintable()):
        raise PermanentFailure("not a mail address")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise PermanentFailure("not a mail address") from error


def _one_line(text: str) -> str:
    """Return `text` with every run of white space and control characters as one space."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())


def _failure(error: smtplib.SMTPException | OSError) -> Exception:
    """Say whether it is this message that was refused, or only this moment.

    A refused sender is our own setting: it must not kill every message that waits.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        refused = PermanentFailure if code >= 500 else TemporaryFailure
        return refused(f"SMTP {code}: recipient")
    if isinstance(error, smtplib.SMTPDataError):
        refused = PermanentFailure if error.smtp_code >= 500 else TemporaryFailure
        return refused(f"SMTP {error.smtp_code}: content")
    return TransportDown(_words(error))


def _words(error: smtplib.SMTPException | OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}: {type(error).__name__}"
    return f"SMTP: {type(error).__name__}"
