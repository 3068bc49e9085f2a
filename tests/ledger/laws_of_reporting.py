"""What must hold of what is reported back: no case closes over the head of whoever sent it."""

from collections.abc import Callable

from tests.ledger.snapshot import Row, Snapshot

_DONE = ("signed", "waived")
_PAST = ("returned", "refused")
_OVER = ("answered", "declined", "referred")
_NAMES = ("report_back", "signed_back")


def _stands(seen: Snapshot, case: Row, report: Row) -> Row | None:
    here = [
        row
        for row in seen.reports_back
        if (row.case_id, row.report_id, row.round) == (case.id, report.id, case.reopened)
        and row.state not in _PAST
    ]
    assert len(here) <= 1, "report back: two at once"
    return here[0] if here else None


def _owed(seen: Snapshot, case: Row) -> list[Row | None]:
    wanted = [one for one in seen.first_reports(case.id) if one.report_back]
    found = [_stands(seen, case, one) for one in wanted]
    return [row for row in found if row is None or row.state not in _DONE]


def a_case_closes_only_when_every_sender_has_signed(seen: Snapshot) -> None:
    for case in seen.cases.values():
        if case.state == "closed":
            assert not _owed(seen, case), "report back: closed over the sender's head"


def what_is_owed_to_a_sender_is_promised(seen: Snapshot) -> None:
    """Sending, from when nothing else is left; the signature, once it is sent."""
    for case in seen.cases.values():
        owed = _owed(seen, case)
        runs = sorted(one.name for one in seen.alive(case.id) if one.name in _NAMES)
        unsent = any(row is None or row.state != "sent" for row in owed)
        sent = any(row is not None and row.state == "sent" for row in owed)
        ripe = case.state in (*_OVER, "calling_back") or _answered(seen, case)
        wanted = ["report_back"] * (unsent and ripe) + ["signed_back"] * sent
        assert runs == wanted, f"report back: promised {runs}, wanted {wanted}"


def _answered(seen: Snapshot, case: Row) -> bool:
    if case.state != "replying" or case.countersign:
        return False
    got = {
        one.report_id
        for one in seen.replies
        if one.case_id == case.id and one.round == case.reopened and one.delivered_at
    }
    return {one.id for one in seen.first_reports(case.id)} <= got


def other_eyes_saw_what_was_sent(seen: Snapshot) -> None:
    for row in seen.reports_back:
        said = [one for one in seen.said[row.case_id] if one.facts.get("report")]
        if row.state in ("checked", "sent", "signed"):
            assert row.checked_by not in (None, row.drafted_by), "report back: nobody else saw it"
        for verb, at in (("send", row.sent_at), ("sign", row.signed_at)):
            told = [one for one in said if (one.verb, one.at) == (f"{verb}_report_back", at)]
            assert at is None or told, "report back: the history is silent"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_case_closes_only_when_every_sender_has_signed,
    other_eyes_saw_what_was_sent,
    what_is_owed_to_a_sender_is_promised,
)
