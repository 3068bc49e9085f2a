"""Each sample message becomes what the file beside it says."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from caseflow.intake.channels.mailbox.parse import Parsed, Unparseable, parse
from tests.mail import make_samples

SAMPLES = sorted(make_samples.FOLDER.glob("*.eml"))


def facts(parsed: Parsed) -> dict[str, Any]:
    """Return everything that an expected-result file may speak of."""
    report = parsed.report
    return {
        "automatic": parsed.automatic,
        "subject": report.subject,
        "text": report.text,
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


def test_the_folder_holds_what_the_script_writes() -> None:
    on_disk = {path.name: path.read_bytes() for path in make_samples.FOLDER.iterdir()}
    assert on_disk == make_samples.files()


def test_there_are_enough_samples() -> None:
    assert len(SAMPLES) >= 40
