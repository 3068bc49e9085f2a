"""Who sent a letter, as far as it says."""

from datetime import UTC, datetime

from caseflow.intake.channels.mailbox.parse import parse

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


def test_a_sender_is_looked_for_in_what_anybody_writes() -> None:
    long = b"From: " + b"x" * 100_000 + b" <a@b.example>\nSubject: y\n\ntext"
    contact = parse(long, NOW).report.contact
    assert (contact.email, len(contact.name)) == ("", 200)
