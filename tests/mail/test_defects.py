"""Damaged letters: read as far as they can be, or refused, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.mailbox.parse import Unparseable, parse

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
SAMPLES = sorted((Path(__file__).parents[1] / "mail" / "samples").glob("*.eml"))
SMALL = [path.read_bytes() for path in SAMPLES if path.stat().st_size < 4_000]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a sample with bytes struck, doubled, swapped in from another, or cut."""
    raw = bytearray(draw(st.sampled_from(SMALL)))
    for _ in range(draw(st.integers(1, 8))):
        at, size = draw(st.integers(0, len(raw))), draw(st.integers(0, 40))
        other = draw(st.sampled_from(SMALL))
        start = draw(st.integers(0, len(other)))
        inserted = draw(
            st.one_of(
                st.binary(max_size=12),
                st.just(other[start : start + size]),
                st.sampled_from([b"\r\n", b"--", b"=?", b"?=", b"\0", b'"', b";", b"%", b"*0*="]),
            )
        )
        raw[at : at + draw(st.integers(0, size))] = inserted
    return bytes(raw)


@settings(max_examples=400, deadline=None)
@given(raw=mutated())
def test_a_damaged_message_is_read_or_refused_and_nothing_else(raw: bytes) -> None:
    try:
        report = parse(raw, NOW).report
    except Unparseable:
        return
    said = [report.subject, report.text, report.contact.name, report.contact.email]
    said += [file.name for file in report.files]
    for text in said:
        assert "\0" not in text
        text.encode("utf-8")  # raises on half a surrogate pair
    assert "\n" not in report.subject + report.contact.name
    assert all(file.name and "/" not in file.name for file in report.files)
    assert report.text
    assert report.original == raw
    assert len(report.channel_key) == 64
