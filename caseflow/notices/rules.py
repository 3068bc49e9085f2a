"""Which event makes which message to whom: one table. Pure.

Audience words are the ladder's (`deadlines.ladder.Audience`) and these: `reporters` (every first
report of the case), `reporter` (the one the event names), `writer` (the same, who has no receipt
in hand: not when too many letters came from there in a day), `holder` (whoever has the item now),
`rectifier` (the unit that must put right), `unit_named` (head of the unit the event names),
`checkers` (who may strike the item off), `lookers` (who may look again at a decision), `signers`
(who may countersign a reason), `former` (who had an item that is theirs no more), `assisting` (who
acts for the unit that was asked to assist), `asker` (who asked for more time, for an item to be
withdrawn, for a case to be left out of the figures, or proposed how a case ends, while the matter
is theirs), `confirmers` (who may go on with a case of which everything was withdrawn), `judges`
(who judge the answer to a document), `auditors` (who keep what was signed), `named` (the person
whom the event names), `other_office` (which handed the matter down).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

OUTSIDE = ("reporter", "reporters", "writer")


@dataclass(frozen=True)
class News:
    """What the rules need to know of an event, as plain values.

    `by_post`: it came by e-mail or letter, so that nobody was handed a receipt. `audience`,
    `action`, `clock` and `document` come with a rung; `to_other`: the finding asks a
    unit other than the verifying one to put right; `to_check`: it goes straight to the check, or
    was visited while it waits for it;
    `to_find`: the office owes the finding from now on; `to_leader`: the leader decides the
    objection; `moved`: a unit does not have the item any more; `in_its_place`: no other unit has
    it, but an inspector who goes there; `all_withdrawn`: nothing of the case is left but what was
    withdrawn; `accepted`: whose case was merged into an accepted one learn that theirs is;
    `proposed`: somebody else asked for what was decided; `review`: it is a review of an answer,
    of which the office above is told by a move of its own; `two_numbers`: a letter that tells of
    two matters is handled under another number as well;
    `again`: what others had checked, or sent back, was changed; `rewritten`: what waits for a
    check already; `earlier`: it is about a round that is over, since the matter was taken up anew.
    """

    name: str
    kind: str = ""
    urgent: bool = False
    by_post: bool = False
    way: str = ""
    to_other: bool = False
    to_check: bool = False
    to_find: bool = False
    countersign: bool = False
    unsatisfied: bool = False
    to_leader: bool = False
    moved: bool = False
    in_its_place: bool = False
    all_withdrawn: bool = False
    accepted: bool = False
    proposed: bool = False
    review: bool = False
    two_numbers: bool = False
    again: bool = False
    rewritten: bool = False
    earlier: bool = False
    action: str = ""
    clock: str = ""
    document: bool = False
    audience: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """One message to make: `rule` names it in the outbox and picks its text (`render.TASKS`).

    `clock`: the promise whose due moment the message gives; the first that runs counts.
    """

    rule: str
    audience: tuple[str, ...]
    clock: tuple[str, ...] = ()


def _to(rule: str, audience: str, clock: str = "") -> Notice:
    return Notice(rule, tuple(audience.split()), tuple(clock.split()))


When = Callable[[News], bool]
_ALWAYS: When = lambda _news: True  # noqa: E731 - a row of the table reads better so
_ORDINARY: When = lambda news: not (news.urgent or news.review)  # noqa: E731

# A unit must not learn that somebody goes there to look for themselves, nor read that its objection
# was upheld where it was not.
_UNTOLD = _to("taken_away", "former")
_MOVED: Sequence[tuple[When, Notice]] = (
    (lambda news: news.moved, _to("dispatched", "holder", "sign_for")),
    (lambda news: news.moved and not news.in_its_place, _to("taken_back", "former")),
    (lambda news: news.moved and news.in_its_place, _UNTOLD),
)
_TABLE: Mapping[str, Sequence[tuple[When, Notice]]] = {
    "open": (
        (lambda news: news.urgent, _to("urgent", "shift_leader leader", "immediate")),
        (_ORDINARY, _to("new", "shift_leader office_handler", "immediate")),
        (lambda news: news.by_post, _to("receipt", "writer", "notice")),
    ),
    "retaliation": ((_ALWAYS, _to("retaliation", "leader", "immediate")),),
    "answer": (
        (lambda news: news.kind != "question", _to("second_look", "lookers", "second_look")),
        (lambda news: news.way == "track", _to("answered", "reporters")),
    ),
    "accept": ((_ALWAYS, _to("decision", "reporters")),),
    "decline": (
        (_ALWAYS, _to("decision", "reporters")),
        (lambda news: not news.proposed, _to("second_look", "lookers", "second_look")),
        (lambda news: news.proposed, _to("approved", "asker")),
    ),
    "refer": (
        (_ALWAYS, _to("decision", "reporters")),
        (lambda news: news.proposed, _to("approved", "asker")),
    ),
    "propose_decline": ((_ALWAYS, _to("proposal", "supervisor", "consent")),),
    "propose_refer": ((_ALWAYS, _to("proposal", "supervisor", "consent")),),
    "refuse_proposal": ((_ALWAYS, _to("not_approved", "asker", "resolve")),),
    "raise_urgency": ((_ALWAYS, _to("urgent", "shift_leader leader", "immediate")),),
    "acknowledge": ((lambda news: news.countersign, _to("countersign", "signers", "resolve")),),
    "assign": ((_ALWAYS, _to("assigned", "assignee", "resolve")),),
    "ask": ((_ALWAYS, _to("question", "reporter")),),
    "supplement": ((_ALWAYS, _to("question", "reporter")),),
    "add": ((_ALWAYS, _to("added", "assignee", "resolve reply")),),
    "answer_later": ((lambda news: news.way == "message", _to("reply", "reporter")),),
    "ask_review": ((_ALWAYS, _to("challenged", "assignee")),),
    "review": (
        (_ALWAYS, _to("review", "office_handler supervisor", "resolve")),
        (_ALWAYS, _to("decision", "reporters")),
    ),
    "reviewed": ((_ALWAYS, _to("reviewed", "assignee supervisor")),),
    "tighten": ((_ALWAYS, _to("tightened", "assignee", "resolve")),),
    "retract": ((_ALWAYS, _to("retracted", "assignee", "resolve")),),
    "resume": ((_ALWAYS, _to("resumed", "assignee", "resolve")),),
    "dispatch": ((_ALWAYS, _to("dispatched", "holder", "sign_for")),),
    "reassign": (
        (_ALWAYS, _to("dispatched", "holder", "sign_for verify")),
        (lambda news: news.moved, _UNTOLD),
        (lambda news: not news.moved, _to("replaced", "former")),
    ),
    "object": (
        (lambda news: not news.to_leader, _to("objection", "supervisor", "decide")),
        (lambda news: news.to_leader, _to("designate", "leader", "decide")),
    ),
    "reject_objection": ((_ALWAYS, _to("rejected", "holder", "sign_for verify")),),
    "dispatch_anew": _MOVED,
    "extend": ((_ALWAYS, _to("extension", "supervisor", "decide")),),
    "grant": ((_ALWAYS, _to("granted", "asker holder", "verify rectify")),),
    "refuse": ((_ALWAYS, _to("not_granted", "asker", "verify rectify")),),
    "extend_case": ((_ALWAYS, _to("extension", "supervisor leader", "decide")),),
    "grant_case": (
        (_ALWAYS, _to("granted", "asker", "resolve")),
        (_ALWAYS, _to("extended", "reporters")),
    ),
    "refuse_case": ((_ALWAYS, _to("not_granted", "asker", "resolve")),),
    "designate": (
        *_MOVED,
        (lambda news: not news.moved, _to("designated", "holder", "sign_for verify")),
    ),
    "hand_in": ((lambda news: news.to_find, _to("to_find", "assignee", "verify")),),
    "ask_assistance": ((_ALWAYS, _to("assistance", "assisting", "assist")),),
    "answer_assistance": ((_ALWAYS, _to("assisted", "assignee", "verify rectify check")),),
    "record_assistance": ((_ALWAYS, _to("assisted", "assignee", "verify rectify check")),),
    "release_assistance": ((_ALWAYS, _to("released", "assisting")),),
    "share_assistance": ((_ALWAYS, _to("shared", "holder", "verify rectify")),),
    "find": (
        (lambda news: news.to_other, _to("rectify", "rectifier", "sign_for")),
        (lambda news: news.to_check, _to("check", "checkers", "check")),
    ),
    "visit": ((lambda news: news.to_check, _to("check", "checkers", "check")),),
    "write": ((_ALWAYS, _to("sign_off", "unit_head", "verify rectify")),),
    "unsign": ((_ALWAYS, _to("unsigned", "named", "verify rectify")),),
    "submit": ((_ALWAYS, _to("check", "checkers", "check")),),
    "return": ((_ALWAYS, _to("returned", "holder", "rectify verify")),),
    "conclude": ((_ALWAYS, _to("write_reply", "assignee", "reply resolve")),),
    "conclude_withdrawn": ((_ALWAYS, _to("write_reply", "assignee", "reply resolve")),),
    "withdraw": ((_ALWAYS, _to("withdrawal", "supervisor", "consent")),),
    "consent_withdrawal": (
        (_ALWAYS, _to("withdrawn", "asker")),
        (_ALWAYS, _to("stopped", "former")),
        (lambda news: news.all_withdrawn, _to("all_withdrawn", "confirmers", "resolve")),
    ),
    "refuse_withdrawal": ((_ALWAYS, _to("not_withdrawn", "asker")),),
    "ask_step_up": ((_ALWAYS, _to("step_up", "leader", "consent")),),
    "step_up": ((_ALWAYS, _to("stepped_up", "asker")),),
    "refuse_step_up": ((_ALWAYS, _to("not_stepped_up", "asker")),),
    "statutory": (
        (_ALWAYS, _to("stopped", "former")),
        (_ALWAYS, _to("transferred", "reporters")),
    ),
    "take_in": (
        (_ALWAYS, _to("merged", "assignee", "resolve")),
        (lambda news: news.accepted, _to("decision", "reporters")),
    ),
    "give_back": ((_ALWAYS, _to("parted", "assignee", "resolve")),),
    "split_off": (
        (_ALWAYS, _to("split", "assignee", "resolve")),
        (lambda news: news.two_numbers, _to("two_numbers", "reporters")),
    ),
    "unmerge": ((_ALWAYS, _to("parted", "assignee", "resolve")),),
    "pass_on": ((_ALWAYS, _to("passed_on", "office_handler supervisor", "receive")),),
    "take_back": ((_ALWAYS, _to("not_passed_on", "office_handler supervisor")),),
    "send_back": ((_ALWAYS, _to("sent_back", "assignee supervisor", "resolve")),),
    "receive": (
        (_ALWAYS, _to("received", "supervisor")),
        (_ALWAYS, _to("elsewhere", "reporters")),
    ),
    "go_up": ((_ALWAYS, _to("oversight", "level_above", "oversee")),),
    "oversee": ((_ALWAYS, _to("overseen", "assignee supervisor", "resolve")),),
    "ask_exclusion": ((_ALWAYS, _to("exclusion", "supervisor leader", "consent")),),
    "exclude": ((_ALWAYS, _to("excluded", "asker")),),
    "refuse_exclusion": ((_ALWAYS, _to("not_excluded", "asker")),),
    "lift_exclusion": ((_ALWAYS, _to("counted_again", "asker")),),
    "ask_shelving": ((_ALWAYS, _to("shelving", "leader", "consent")),),
    "shelve": (
        (_ALWAYS, _to("shelved", "asker assignee", "milestone")),
        (_ALWAYS, _to("put_off", "reporters")),
    ),
    "refuse_shelving": ((_ALWAYS, _to("not_shelved", "asker", "resolve")),),
    "ask_milestone": ((_ALWAYS, _to("milestone", "leader", "consent")),),
    "move_milestone": (
        (_ALWAYS, _to("moved", "asker", "milestone")),
        (_ALWAYS, _to("put_off", "reporters")),
    ),
    "refuse_milestone": ((_ALWAYS, _to("not_moved", "asker", "milestone")),),
    "take_up": (
        (_ALWAYS, _to("taken_up", "assignee supervisor", "resolve")),
        (_ALWAYS, _to("put_off", "reporters")),
    ),
    "stand_still": ((_ALWAYS, _to("still", "holder")),),
    "carry_on": ((_ALWAYS, _to("carry_on", "holder", "sign_for rectify verify")),),
    "hasten": ((_ALWAYS, _to("hastened", "holder", "rectify verify")),),
    "ease": ((_ALWAYS, _to("eased", "holder", "rectify verify")),),
    "circular_drafted": ((_ALWAYS, _to("circular_check", "circular_checkers")),),
    "circular_edited": ((lambda news: news.again, _to("circular_check", "circular_checkers")),),
    "circular_checked": ((_ALWAYS, _to("circular_sign", "circular_signers")),),
    "circular_returned": ((_ALWAYS, _to("circular_returned", "circular_writer")),),
    "circular_issued": ((_ALWAYS, _to("circular_issued", "circular_writer")),),
    "correction_drafted": ((_ALWAYS, _to("correction_check", "circular_publishers")),),
    "circular_corrected": ((_ALWAYS, _to("correction_published", "circular_corrector")),),
    "correction_refused": ((_ALWAYS, _to("correction_refused", "circular_corrector")),),
    "anchored": ((_ALWAYS, _to("anchored", "auditors")),),
    "handed_over": ((_ALWAYS, _to("handed_over", "named")),),
    "handed_away": ((_ALWAYS, _to("handed_away", "named")),),
    "reply": ((lambda news: news.way == "message", _to("reply", "reporter")),),
    "unreachable": ((_ALWAYS, _to("unreachable", "assignee", "notice reply resolve")),),
    "mail_stopped": ((_ALWAYS, _to("mail_stopped", "assignee", "notice reply resolve")),),
    "text_budget": ((_ALWAYS, _to("text_budget", "shift_leader supervisor")),),
    "infected": ((_ALWAYS, _to("infected", "assignee")),),
    "mail_storm": ((_ALWAYS, _to("mail_storm", "shift_leader supervisor")),),
    "reply_failed": ((_ALWAYS, _to("reply_failed", "assignee", "reply resolve")),),
    "await_call_back": ((_ALWAYS, _to("call_back", "shift_leader", "call_back")),),
    "call_back": ((lambda news: news.unsatisfied, _to("unsatisfied", "supervisor")),),
    "explain": ((lambda news: news.way == "message", _to("reply", "reporter")),),
    "reopen": ((_ALWAYS, _to("reopened", "assignee", "resolve")),),
    "report_back_owed": ((_ALWAYS, _to("write_back", "assignee", "report_back")),),
    "draft_report_back": (
        (lambda news: not news.rewritten, _to("check_back", "lookers", "report_back")),
    ),
    "check_report_back": ((_ALWAYS, _to("send_back", "assignee", "report_back")),),
    "return_report_back": ((_ALWAYS, _to("back_returned", "assignee", "report_back")),),
    "send_report_back": ((lambda news: news.way == "message", _to("report_back", "other_office")),),
    "report_back_failed": (
        (lambda news: not news.earlier, _to("back_failed", "named", "report_back")),
    ),
    "order_issued": ((_ALWAYS, _to("order", "unit_named", "answer")),),
    "order_answered": ((_ALWAYS, _to("order_answered", "judges", "check")),),
    "order_accepted": ((_ALWAYS, _to("order_accepted", "unit_named")),),
    "order_returned": ((_ALWAYS, _to("order_returned", "unit_named", "answer")),),
    "order_lifted": ((_ALWAYS, _to("order_lifted", "unit_named")),),
}

# Moves after which nobody has to be told: whoever comes next was told already, or nobody does.
SILENT = (
    *("circular_published", "circular_withdrawn", "circular_cancelled"),
    *("import", "void"),
    "countersign",
    "note",
    "name_unit",
    "second_look",
    "tell",
    "notice_sent",
    "split",
    "edit",
    "sign_for",
    "strike_off",
    "reply_delivered",
    "close",
    "order_cancelled",
    "order_edited",
    "order_signed",
    "reveal",
    "open_file",
    "hand_out",
    "recalendar",
    "recompute",
    "climb_anew",
    "pause_over",
    "meet_milestone",
    "mediate",
    *("report_back_delivered", "sign_report_back", "waive_report_back"),
    "refuse_report_back",  # `report_back_owed` tells who writes another one
    "statutory_outcome",
    "opine",  # its reply tells the reporter, and `reviewed` the office below
    "merge",
    "go_along",
    "split_from",  # `split_off` tells whoever has both
    "hand_over",  # whoever takes many cases is told once, of all of them
    "fall_back",
)


def notices(news: News) -> list[Notice]:
    """Return the messages to make of an event; none for an event that nobody must be told of."""
    if news.name == "rung":
        return [_rung(news)]
    return [notice for when, notice in _TABLE.get(news.name, ()) if when(news)]


def _rung(news: News) -> Notice:
    """A rung goes to the ladder's own audience; a drafted document to those who must sign it."""
    notice = Notice("sign" if news.document else "rung", news.audience, (news.clock,))
    return replace(notice, clock=("draft",)) if news.document else notice


def known() -> frozenset[str]:
    """Return every event that a rule was thought about for, with or without a message."""
    return frozenset((*_TABLE, *SILENT, "rung"))
