"""What came in as raw bytes of a Chinese character set is found by the words that people see."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from caseflow.intake.delivery import deliver
from caseflow.intake.rooms import Rooms
from caseflow.ledger import queries
from caseflow.people.scope import scope_of
from tests.mail.ledger import reported
from tests.mail.test_receipt import somebody

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize(
    "sample", ["gb18030-without-label", "gb18030-labelled-utf8", "from-raw-gb18030"]
)
def test_raw_bytes_are_found_by_chinese_words(rooms: Rooms, now: datetime, sample: str) -> None:
    outcome = deliver(rooms, BytesIO((SAMPLES / f"{sample}.eml").read_bytes()), now)
    assert outcome.word == "kept"
    [(text, _)] = reported(rooms)
    asked = [word for word in ("补课", "朱𠮷", "食堂") if word in text]
    assert asked
    with rooms.database.transaction() as session:
        scope = scope_of(somebody(session, "supervisor"))
        for word in asked:
            assert [case.number for case in queries.find(session, scope, word)] == [outcome.case]
