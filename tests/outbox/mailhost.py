"""A mail server on the loopback that answers as it is told."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from caseflow.outbox.transport import Outgoing
from tests.servers import LOOPBACK, free_port

OFFICE = "office@example.org"
LETTER = Outgoing("0a1b2c", "办件 430503-2026-000042 即将到期", "请于 3 月 5 日前签收。\n", "zh")


@dataclass
class MailHost:
    """What the server says at each step, and what it took."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    quit: str = "221 Bye"
    port: int = 0
    slow: float = 0.0
    """Seconds before it says whether it takes a mail."""
    encrypted: list[bool] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, parsed."""
        return [message_from_bytes(raw, policy=MAIL) for raw in self.raw]  # type: ignore[arg-type]

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take a recipient, or not."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, or not."""
        await asyncio.sleep(self.slow)
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.encrypted.append(session.ssl is not None)
            self.recipients += envelope.rcpt_tos
            self.raw.append(envelope.content)
        return self.data

    async def handle_QUIT(  # noqa: N802
        self, server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        """Say goodbye, or hang up without a word."""
        if not self.quit:
            assert server.transport is not None
            server.transport.abort()
        return self.quit


@contextmanager
def mail_host(
    certificate: tuple[Path, Path] | None = None, password: str = "", **says: str
) -> Iterator[MailHost]:
    """Run a server; with a certificate it offers STARTTLS and, with a password, wants it."""
    host = MailHost(port=free_port(), **says)  # type: ignore[arg-type]
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)

    def check(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password == password.encode(), handled=False)

    options = {"tls_context": context, "require_starttls": True} if context else {}
    if password:
        options |= {"authenticator": check, "auth_required": True}
    controller = Controller(host, hostname=LOOPBACK, port=host.port, **options)
    controller.start()
    try:
        yield host
    finally:
        controller.stop()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for the loopback and its key; return the two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
