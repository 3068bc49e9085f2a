"""What a message says about earlier ones: which it answers, which numbers and codes it names.

None of it proves anything here; `intake.filters.thread` asks for the proof. Pure.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from caseflow import refs
from caseflow.crypto.message_ids import SHAPE
from caseflow.intake.channels.mailbox.header import Headers

MOST_HOPS = 60
_MOST = 20
_DIGITS = r"0-9０-９"
_REPORT = re.compile(rf"(?<![{_DIGITS}])[{_DIGITS}]{{6,12}}-[{_DIGITS}]{{8}}-[{_DIGITS}]{{4,12}}")
_CASE = re.compile(
    rf"(?<![{_DIGITS}-])[{_DIGITS}]{{6,12}}-[{_DIGITS}]{{4}}-[{_DIGITS}]{{6,12}}(?![{_DIGITS}-])"
)
_CODE = re.compile(
    rf"(?<![{_DIGITS}-])(?:[{_DIGITS}]{{4}}[ \u00a0\u3000-]?){{3}}[{_DIGITS}]{{4}}(?![{_DIGITS}])"
)
_HIDDEN = "（查询码已隐去）"  # not said


@dataclass(frozen=True)
class Threads:
    """`own`: the part of the message's own id that may be ours; `answers`: those it answers.

    `reports`, `cases`: numbers named in the subject, and reports named in the text. `hops`: how
    many servers it went through.
    """

    own: str = ""
    answers: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    in_text: tuple[str, ...] = ()
    hops: int = 0


def read(headers: Headers, subject: str, text: str) -> Threads:
    """Return what header, subject and text say."""
    own = SHAPE.findall(_ascii(headers.get("message-id")))
    cited = " ".join(_ascii(headers.get(name)) for name in ("in-reply-to", "references"))
    return Threads(
        own[0] if own else "",
        _few(SHAPE.findall(cited)[::-1]),
        _few(refs.plain(one) for one in _REPORT.findall(subject)),
        _few(refs.plain(one) for one in _CASE.findall(subject)),
        _few(refs.plain(one) for one in _REPORT.findall(text)),
        sum(1 for _ in headers.every("received")),
    )


def named(text: str) -> Threads:
    """Return which numbers a short message names; it has no subject and answers none of ours."""
    return Threads(
        reports=_few(refs.plain(one) for one in _REPORT.findall(text)),
        cases=_few(refs.plain(one) for one in _CASE.findall(text)),
    )


def codes(text: str) -> tuple[str, ...]:
    """Return what may be query codes, at most twenty, digits only."""
    return _few(refs.ungrouped(one) for one in _CODE.findall(text))


def without_codes(text: str, is_one: Callable[[str], bool]) -> str:
    """Return a text in which every query code that opens something is hidden: whoever reads a case
    could use it. `is_one` is asked about at most twenty.
    """
    known = {code for code in codes(text) if is_one(code)}
    if not known:
        return text
    return _CODE.sub(lambda one: _HIDDEN if refs.ungrouped(one[0]) in known else one[0], text)


def _few(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:_MOST]


def _ascii(value: bytes) -> str:
    return value[:65_536].decode("ascii", "replace")
