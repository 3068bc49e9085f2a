"""Mail out over one connection, and what a relay needs to sign it (DKIM)."""

import pytest

from caseflow.adapters import smtp_pool
from caseflow.adapters.smtp import SmtpTransport
from caseflow.adapters.smtp_pool import SmtpPool
from caseflow.outbox.transport import PermanentFailure, TransportDown
from tests.outbox.mailhost import LETTER, OFFICE, MailHost, mail_host

SIGNED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type",
          "content-transfer-encoding", "auto-submitted")  # fmt: skip


def pool(host: MailHost, connections: list[int], **limits: float) -> SmtpPool:
    """Return a pool that notes how many connections it made."""

    class Counted(SmtpTransport):
        def connect(self):  # type: ignore[no-untyped-def]
            connections.append(1)
            return super().connect()

    transport = Counted("localhost", host.port, OFFICE, security="none", timeout=5.0)
    return SmtpPool(transport, **limits)  # type: ignore[arg-type]


def test_many_messages_go_over_one_connection_and_so_many_over_each() -> None:
    made: list[int] = []
    with mail_host() as host:
        sending = pool(host, made, most=4)
        for n in range(6):
            sending.send(f"user{n}@example.com", LETTER)
        sending.close()
        sending.close()
    assert host.recipients == [f"user{n}@example.com" for n in range(6)]
    assert len(made) == 2


def test_a_connection_left_alone_for_long_or_broken_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    with mail_host() as host:
        sending = pool(host, made)
        sending.send("a@example.com", LETTER)
        assert sending._kept is not None
        assert sending._kept[0].sock is not None
        sending._kept[0].sock.shutdown(2)
        sending.send("b@example.com", LETTER)
        monkeypatch.setattr(smtp_pool, "monotonic", lambda: 1e12)
        sending.send("c@example.com", LETTER)
        sending.close()
    assert host.recipients == ["a@example.com", "b@example.com", "c@example.com"]
    assert len(made) == 3


def test_a_refusal_is_this_messages_and_the_next_has_a_connection_of_its_own() -> None:
    made: list[int] = []
    with mail_host(rcpt="550 unknown") as host:
        sending = pool(host, made)
        with pytest.raises(PermanentFailure):
            sending.send("a@example.com", LETTER)
        host.rcpt = "250 OK"
        sending.send("b@example.com", LETTER)
        with pytest.raises(PermanentFailure):
            sending.send("not an address", LETTER)
        sending.send("c@example.com", LETTER)
        sending.close()
    assert host.recipients == ["b@example.com", "c@example.com"]
    assert len(made) == 2
    with pytest.raises(TransportDown):
        sending.send("a@example.com", LETTER)


def test_a_relay_can_sign_what_we_send() -> None:
    """Each field once, all in seven bits, no line that a server would break anew."""
    with mail_host() as host:
        sending = pool(host, [])
        sending.send("user7@example.com", LETTER)
        sending.close()
    (mail,), (raw,) = host.mails, host.raw
    names = [name.lower() for name in mail.keys()]  # noqa: SIM118 - a field may stand twice
    assert [names.count(name) for name in SIGNED] == [1] * len(SIGNED)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert mail["From"].addresses[0].addr_spec == OFFICE, "the domain of the envelope's sender"
