"""Mail out, against a real mail server on the loopback."""

import socket
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from caseflow.adapters.smtp import SmtpTransport
from caseflow.outbox.transport import (
    Enclosure,
    PermanentFailure,
    TemporaryFailure,
    TransportDown,
)
from tests.outbox.mailhost import LETTER, OFFICE, MailHost, mail_host, make_certificate
from tests.servers import free_port


def through(host: MailHost, **changes: Any) -> SmtpTransport:
    """Return a transport to `host`, without encryption unless told otherwise."""
    settings = {"security": "none", "timeout": 5.0, "sender_name": "教育督导办", **changes}
    return SmtpTransport("localhost", host.port, OFFICE, **settings)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


def test_a_mail_says_who_what_and_that_a_machine_wrote_it() -> None:
    with mail_host() as host:
        through(host).send("user7@example.com", LETTER)
    (mail,) = host.mails
    assert host.recipients == ["user7@example.com"]
    assert mail["Subject"] == LETTER.subject
    assert mail["From"] == "教育督导办 <office@example.org>"
    assert mail["To"] == "user7@example.com"
    assert mail["Message-ID"] == "<0a1b2c@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "zh-CN"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content().replace("\r\n", "\n") == LETTER.text
    assert host.raw[0].isascii()
    lists = [name for name in mail.keys() if name.lower().startswith("list-")]  # noqa: SIM118
    assert lists == [], "what an office owes is no list that one could leave"


def test_what_is_enclosed_goes_with_the_words_under_its_own_name() -> None:
    with mail_host() as host:
        pdf = Enclosure("关于XF-1办理情况的报告.pdf", lambda: b"%PDF-1.7")
        through(host).send("doc@example.com", replace(LETTER, enclosure=pdf))
    words, enclosed = host.mails[0].iter_parts()
    assert words.get_content().replace("\r\n", "\n") == LETTER.text
    assert (enclosed.get_filename(), enclosed.get_content()) == (pdf.name, b"%PDF-1.7")
    assert enclosed.get_content_type() == "application/pdf"


def test_a_second_try_has_the_same_message_id() -> None:
    with mail_host() as host:
        for _ in range(2):
            through(host).send("user7@example.com", LETTER)
    assert host.mails[0]["Message-ID"] == host.mails[1]["Message-ID"]


@pytest.mark.parametrize("subject", ["a\r\nBcc: b@example.com", "a\nBcc: b", "a\x0bb\x00\x85c"])
def test_no_subject_adds_a_header(subject: str) -> None:
    with mail_host() as host:
        through(host).send("user7@example.com", replace(LETTER, subject=subject))
    (mail,) = host.mails
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("a ")
    assert host.recipients == ["user7@example.com"]


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com, b@example.com",
        "a@example.com>",
        "<a@example.com",
        "张三@example.com",
        "a b@example.com",
        "a@exa mple.com",
        "a@b@example.com",
        "a@",
        "@example.com",
        "example.com",
        "",
        "a@" + "x" * 70 + ".com",
        "a@example..com",
    ],
)
def test_what_is_not_one_plain_address_is_refused_for_good(address: str) -> None:
    with mail_host() as host, pytest.raises(PermanentFailure) as caught:
        through(host).send(address, LETTER)
    assert str(caught.value) == "not a mail address"
    assert host.raw == []


def test_a_chinese_domain_goes_out_as_the_name_service_knows_it() -> None:
    with mail_host() as host:
        through(host).send("a@中国.example", LETTER)
    assert host.recipients == ["a@xn--fiqs8s.example"]


def test_starttls_is_used_and_the_password_sent_only_under_it(
    certificate: tuple[Path, Path],
) -> None:
    with mail_host(certificate, password="geheim") as host:
        options = {"security": "starttls", "context": trusting(certificate), "user": "office"}
        through(host, **options, password="geheim").send("user7@example.com", LETTER)
        with pytest.raises(TransportDown, match="SMTP 535") as caught:
            through(host, **options, password="wrong").send("user7@example.com", LETTER)
    assert host.encrypted == [True]
    assert "wrong" not in repr(through(host, **options, password="wrong")) + str(caught.value)


def test_a_server_without_starttls_counts_as_down() -> None:
    with mail_host() as host, pytest.raises(TransportDown, match="SMTPNotSupported"):
        through(host, security="starttls").send("user7@example.com", LETTER)
    assert host.raw == []


def test_a_certificate_that_nobody_vouches_for_counts_as_down(
    certificate: tuple[Path, Path],
) -> None:
    with mail_host(certificate) as host, pytest.raises(TransportDown, match="SSLCert"):
        through(host, security="starttls").send("user7@example.com", LETTER)
    assert host.raw == []


@pytest.mark.parametrize(
    ("says", "failure", "words"),
    [
        ({"rcpt": "550 user7@example.com unknown"}, PermanentFailure, "SMTP 550: recipient"),
        ({"rcpt": "451 user7@example.com later"}, TemporaryFailure, "SMTP 451: recipient"),
        ({"data": "554 user7@example.com spam"}, PermanentFailure, "SMTP 554: content"),
        ({"data": "452 user7@example.com full"}, TemporaryFailure, "SMTP 452: content"),
        ({"rcpt": "421 user7@example.com go"}, TemporaryFailure, "SMTP 421: recipient"),
    ],
)
def test_an_answer_of_the_server_is_for_now_or_for_good(
    says: dict[str, str], failure: type[Exception], words: str
) -> None:
    with mail_host(**says) as host, pytest.raises(failure) as caught:
        through(host).send("user7@example.com", LETTER)
    assert type(caught.value) is failure
    assert str(caught.value) == words


@pytest.mark.parametrize("goodbye", ["", "500 what?", "421 too late"])
def test_how_the_server_says_goodbye_does_not_matter(goodbye: str) -> None:
    with mail_host(quit=goodbye) as host:
        through(host).send("user7@example.com", LETTER)
    assert len(host.raw) == 1


def test_nobody_there_counts_as_down() -> None:
    with pytest.raises(TransportDown, match="ConnectionRefusedError"):
        SmtpTransport("localhost", free_port(), OFFICE, security="none").send("a@b.com", LETTER)


def test_a_server_that_says_nothing_counts_as_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        transport = SmtpTransport("127.0.0.1", port, OFFICE, security="none", timeout=0.2)
        with pytest.raises(TransportDown, match="SMTPServerDisconnected"):
            transport.send("a@b.com", LETTER)
