"""Each sample message becomes what the file beside it says."""

import hashlib
import json
from dataclasses import astuple
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from caseflow.intake.channels.mailbox import threads
from caseflow.intake.channels.mailbox.parse import Parsed, Unparseable, parse
from caseflow.intake.channels.mailbox.quoted import fold
from caseflow.intake.delivery import Outcome, deliver
from caseflow.intake.rooms import Rooms
from tests.mail import make_samples
from tests.mail.ledger import original, rows

SAMPLES = sorted(make_samples.FOLDER.glob("*.eml"))


def facts(parsed: Parsed) -> dict[str, Any]:
    """Return everything that an expected-result file may speak of."""
    report = parsed.report
    return {
        "automatic": parsed.automatic,
        "subject": report.subject,
        "text": report.text,
        "own": fold(report.text, report.subject).own,
        "answers": list(parsed.threads.answers),
        "reports": list(parsed.threads.reports),
        "cases": list(parsed.threads.cases),
        "codes": list(threads.codes(report.text)),
        "answerable": report.answerable,
        "bounce": parsed.bounce and [list(parsed.bounce.about), *astuple(parsed.bounce)[1:]],
        "kind": report.kind,
        "locale": report.locale,
        "belongs_to": report.belongs_to,
        "name": report.contact.name,
        "email": report.contact.email,
        "file_count": len(report.files),
        "files": [
            {
                "name": file.name,
                "type": file.claimed_type,
                "size": len(file.content),
                "sha256": hashlib.sha256(file.content).hexdigest(),
            }
            for file in report.files
        ],
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_becomes_what_is_expected(sample: Path, now: datetime) -> None:
    raw = sample.read_bytes()
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    if "unparseable" in expected:
        with pytest.raises(Unparseable) as refused:
            parse(raw, now)
        assert refused.value.reason == expected["unparseable"]
        return
    parsed = parse(raw, now)
    found = facts(parsed)
    assert {name: found[name] for name in expected} == expected
    assert parsed.report.original == raw
    assert parsed.report.disclosure == "withheld"


def test_every_sample_is_kept_or_set_aside_whole(sqlite_rooms: Rooms, now: datetime) -> None:
    """By the door itself: a person's mail becomes a report, a machine's or a riddle is set aside.

    Some samples are one message twice (no Message-ID, same words), and stay what they became first.
    """
    known: set[str | int] = set()
    for sample in SAMPLES:
        raw = sample.read_bytes()
        expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
        reason = expected.get("unparseable") or expected.get("automatic")
        now += timedelta(hours=1)  # no storm
        outcome = deliver(sqlite_rooms, BytesIO(raw), now)
        became = outcome.quarantine or outcome.report
        if became not in known:
            said, kept = one_kept(sqlite_rooms, outcome)
            assert said == (reason or expected.get("text", said)), sample.stem
            assert kept == raw, sample.stem
        known.add(became)
        again = deliver(sqlite_rooms, BytesIO(raw), now)
        assert (again.quarantine or again.report) == became, sample.stem
    assert len(known) > len(SAMPLES) * 0.8


def one_kept(rooms: Rooms, outcome: Outcome) -> tuple[str, bytes]:
    """Return the reason or the text of what a message became, and its original."""
    query = "SELECT text, original_id FROM report WHERE number = :it"
    if outcome.quarantine is not None:
        query = "SELECT reason, original_id FROM quarantine WHERE id = :it"
    [(said, kept)] = rows(rooms, query, it=outcome.quarantine or outcome.report)
    return said, original(rooms, kept)


def test_the_folder_holds_what_the_script_writes() -> None:
    on_disk = {path.name: path.read_bytes() for path in make_samples.FOLDER.iterdir()}
    assert on_disk == make_samples.files()


def test_there_are_enough_samples() -> None:
    assert len(SAMPLES) >= 200
