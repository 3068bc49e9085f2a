"""Every move that a person makes, by its name in the state tables: for whoever names one.

A verb takes session and actor, what it is about (`case_id` or `item_id`), what was said, and the
moment. What must be said is read off its signature, so that nothing has to be kept in step.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from inspect import Parameter, signature
from typing import Any, get_type_hints

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger.moves import (
    afterwards,
    asking,
    assisting,
    check,
    closing,
    excluding,
    explaining,
    extending,
    handing,
    items,
    mediating,
    merging,
    milestones,
    naming,
    notice,
    objecting,
    overseeing,
    passing,
    proposing,
    replying,
    reporting_back,
    retracting,
    reviewing,
    shelving,
    signing,
    splitting,
    stepping_up,
    supplementing,
    transferring,
    triage,
    urgency,
    visiting,
    withdrawing,
    work,
)
from caseflow.ledger.moves.handing import Handing
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.moves.visiting import Seen
from caseflow.people.actor import Actor
from caseflow.people.tables import User

Verb = Callable[..., object]


@dataclass(frozen=True)
class Said:
    """One thing that a verb wants to be told: its name, its type, and whether it can do without.

    `part_of`: the name of the verb's own parameter, where this is one field of it.
    """

    name: str
    kind: Any
    needed: bool
    part_of: str = ""


def propose_decline(
    session: Session,
    actor: Actor,
    case_id: int,
    code: str,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Propose not to accept a case (拟不予受理)."""
    proposing.propose(session, actor, case_id, "decline", Because(code, reason), now, seen=seen)


def propose_refer(
    session: Session,
    actor: Actor,
    case_id: int,
    authority: str,
    code: str,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Propose to send a case on (拟转送)."""
    said = Because(code, reason, authority)
    proposing.propose(session, actor, case_id, "refer", said, now, seen=seen)


def retract(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    why: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Record that a reporter takes back what they reported (撤回)."""
    retracting.retract(session, actor, report_id, why, now, case_id=case_id, seen=seen)


def hand_over(
    session: Session,
    actor: Actor,
    case_id: int,
    giver_id: int,
    reason: str,
    now: datetime,
    *,
    handler_id: int | None = None,
    inspector_id: int | None = None,
    seen: int | None = None,
) -> None:
    """Hand over what somebody has in hand of a case (移交)."""
    given = Handing(case_id, handler_id, inspector_id, seen)
    handing.hand_over(session, actor, giver_id, given, reason, now)


def ask_shelving(
    session: Session,
    actor: Actor,
    case_id: int,
    grounds: str,
    plan: str,
    told: str,
    what: str,
    until: date,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Ask for a case to be shelved, with one milestone (申请挂账)."""
    wanted = [(what, until)]
    shelving.ask_shelving(session, actor, case_id, grounds, plan, told, wanted, now, seen=seen)


def visit(
    session: Session,
    actor: Actor,
    item_id: int,
    visited_at: str,
    place: str,
    saw: str,
    people: Sequence[str],
    now: datetime,
    *,
    others: Sequence[str] = (),
    seen: int | None = None,
) -> None:
    """Put an on-the-spot visit on record (实地核查): `visited_at` in ISO 8601 with its offset;
    `people`: login names, a line each; `others`: names of those who have no account.
    """
    accounts = select(User.username, User.id).where(User.username.in_(people))
    known = dict(session.execute(accounts).all())
    strangers = [one for one in people if one not in known]
    if strangers:
        raise BadInput({"people": "没有找到：" + "、".join(strangers)})
    went = Seen(
        _moment(visited_at),
        place,
        saw,
        list(known.values()),
        others,
    )
    visiting.visit(session, actor, item_id, went, now, seen=seen)


def _moment(typed: str) -> datetime | None:
    """Return a moment in ISO 8601 with its offset; None for what is none."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return at if at.tzinfo else None


def record_assistance(
    session: Session,
    actor: Actor,
    item_id: int,
    unit_id: int,
    answer: str,
    said_by: str,
    heard_at: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Write down what an assisting unit answered by telephone: `heard_at` in ISO 8601 with its
    offset.
    """
    at = _moment(heard_at)
    assisting.record_assistance(
        session, actor, item_id, unit_id, answer, said_by, at, now, seen=seen
    )


def answer_assistance(
    session: Session,
    actor: Actor,
    item_id: int,
    answer: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Answer what a unit was asked beside an item's lead (协办答复)."""
    assisting.answer_assistance(session, actor, item_id, answer, now, seen=seen)


CASE_VERBS: Mapping[str, Verb] = {
    "answer": triage.answer,
    "accept": triage.accept,
    "decline": triage.decline,
    "refer": triage.refer,
    "propose_decline": propose_decline,
    "propose_refer": propose_refer,
    "approve": proposing.approve,
    "refuse_proposal": proposing.refuse_proposal,
    "raise_urgency": urgency.raise_urgency,
    "acknowledge": urgency.acknowledge,
    "countersign": urgency.countersign,
    "split": items.split,
    "ask": asking.ask,
    "supplement": supplementing.supplement,
    "resume": asking.resume,
    "retract": retract,
    "conclude": closing.conclude,
    "conclude_withdrawn": withdrawing.conclude_withdrawn,
    "reply": closing.reply,
    "reply_to_all": replying.reply_to_all,
    "call_back": closing.call_back,
    "explain": explaining.explain,
    "close": closing.close,
    "reopen": closing.reopen,
    "second_look": triage.second_look,
    "extend_case": extending.extend_case,
    "grant_case": extending.grant_case,
    "refuse_case": extending.refuse_case,
    "tell": notice.tell,
    "note": triage.note,
    "assign": triage.assign,
    "hand_over": hand_over,
    "name_unit": naming.name_unit,
    "merge": merging.merge,
    "unmerge": merging.unmerge,
    "split_off": splitting.split_off,
    "pass_on": passing.pass_on,
    "take_back": passing.take_back,
    "receive": passing.receive,
    "send_back": passing.send_back,
    "mediate": mediating.mediate,
    "ask_shelving": ask_shelving,
    "shelve": shelving.shelve,
    "refuse_shelving": shelving.refuse_shelving,
    "meet_milestone": milestones.meet_milestone,
    "ask_milestone": milestones.ask_milestone,
    "move_milestone": milestones.move_milestone,
    "refuse_milestone": milestones.refuse_milestone,
    "take_up": shelving.take_up,
    "ask_review": reviewing.ask_review,
    "opine": reviewing.opine,
    "ask_exclusion": excluding.ask_exclusion,
    "exclude": excluding.exclude,
    "refuse_exclusion": excluding.refuse_exclusion,
    "lift_exclusion": excluding.lift_exclusion,
    "draft_report_back": reporting_back.draft_report_back,
    "check_report_back": reporting_back.check_report_back,
    "return_report_back": reporting_back.return_report_back,
    "send_report_back": reporting_back.send_report_back,
    "sign_report_back": reporting_back.sign_report_back,
    "refuse_report_back": reporting_back.refuse_report_back,
    "waive_report_back": reporting_back.waive_report_back,
    "oversee": overseeing.oversee,
    "answer_later": afterwards.answer_later,
    "decline_ended": afterwards.decline_ended,
}
ITEM_VERBS: Mapping[str, Verb] = {
    "edit": items.edit,
    "dispatch": items.dispatch,
    "reassign": items.reassign,
    "object": objecting.object_to,
    "reject_objection": objecting.reject_objection,
    "dispatch_anew": objecting.dispatch_anew,
    "designate": objecting.designate,
    "sign_for": work.sign_for,
    "hand_in": work.hand_in,
    "extend": extending.extend,
    "grant": extending.grant,
    "refuse": extending.refuse,
    "visit": visit,
    "ask_assistance": assisting.ask_assistance,
    "answer_assistance": answer_assistance,
    "record_assistance": record_assistance,
    "release_assistance": assisting.release_assistance,
    "share_assistance": assisting.share_assistance,
    "find": work.find,
    "submit": work.submit,
    "sign_off": signing.sign_off,
    "send_back_answer": signing.send_back_answer,
    "return": check.return_item,
    "strike_off": check.strike_off,
    "withdraw": withdrawing.withdraw,
    "consent_withdrawal": withdrawing.consent_withdrawal,
    "refuse_withdrawal": withdrawing.refuse_withdrawal,
    "statutory": transferring.statutory,
    "ask_step_up": stepping_up.ask_step_up,
    "step_up": stepping_up.step_up,
    "refuse_step_up": stepping_up.refuse_step_up,
    "statutory_outcome": transferring.statutory_outcome,
}
THROUGH: Mapping[str, Sequence[str]] = {
    "approve": ("decline", "refer"),
    "decline_ended": ("answer_later",),
    "reply_to_all": ("reply",),
    "sign_off": ("find", "submit"),
    "send_back_answer": ("find", "submit"),
}
"""Verbs that go over the edge of another one: of what somebody else proposed, or wrote; many at
once."""
BESIDE = {"take_in": "merge", "give_back": "unmerge"}
"""Moves of one case that come about by the verb that moves another one."""
SUBJECTS = ("case_id", "item_id", "order_id", "circular_id", "about")
"""By what name a verb takes what it is about: those of documents follow the same form."""
_GIVEN = ("session", "actor", "now", "seen", *SUBJECTS)


def wants(verb: Verb) -> tuple[Said, ...]:
    """Return what a verb wants to be told, in its own order; fields stand for what they make up."""
    kinds = get_type_hints(verb)
    found = (one for one in signature(verb).parameters.values() if one.name not in _GIVEN)
    return tuple(said for one in found for said in _parts(one, kinds[one.name]))


def _parts(one: Parameter, kind: Any) -> Iterator[Said]:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        for part in fields(kind):
            yield Said(part.name, hints[part.name], part.default is MISSING, one.name)
    else:
        yield Said(one.name, kind, one.default is Parameter.empty)


def call(
    verb: Verb,
    session: Session,
    actor: Actor,
    about: int,
    said: Mapping[str, object],
    now: datetime,
) -> object:
    """Call a verb with what was said, by the names of `wants`; `about`: id of the case or item.

    Returns and raises what the verb does.
    """
    kinds, values = get_type_hints(verb), dict(said)
    made: dict[str, object] = {}
    for one in wants(verb):
        if one.part_of:
            made.setdefault(one.part_of, {})
            if one.name in values:
                made[one.part_of][one.name] = values.pop(one.name)  # type: ignore[index]
    for name, parts in made.items():
        values[name] = kinds[name](**parts)  # type: ignore[arg-type]
    subject = next(name for name in SUBJECTS if name in kinds)
    return verb(session=session, actor=actor, now=now, **{subject: about}, **values)
