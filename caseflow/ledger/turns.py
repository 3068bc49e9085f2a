"""Whose turn it is, as SQL conditions: on an open case, and on a submitted item.

What anybody of the desk may take up waits for each of them; what waits for a unit, for the reporter
or for a colleague waits for nobody else (`web.console.next_step` says it of one case in words).
Who asks is said when a statement is carried out (`asker`).
"""

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from caseflow.deadlines.tables import Clock
from caseflow.ledger import back_turns
from caseflow.ledger.application_tables import Exclusion, Extension, Proposal, Withdrawal
from caseflow.ledger.asker import HERE, ME, said_of
from caseflow.ledger.at_work import AT_WORK
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.judges import designates, far, hand, looks_nearer, nearer
from caseflow.ledger.literals import among, has_one, is_not_word, is_word, not_among
from caseflow.ledger.moves.calling import BY_CALLING
from caseflow.ledger.moves.objecting import OBJECTIONS
from caseflow.ledger.moves.opening import CALLED_BACK
from caseflow.ledger.report_tables import CallBack, Reply, Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.shelving_tables import Milestone, Shelving
from caseflow.ledger.split_tables import Split
from caseflow.ledger.states import ITEM_DONE, NO_HAND, OPEN_CASE_STATES, PROPOSED, SHELVABLE
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import STIRS, Case, Item
from caseflow.ledger.tips import TO_FIND
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.vault.tables import Identity

_LATER = aliased(Entry)


_CALLING = is_word(Case.state, "calling_back")
_CALLS = (CallBack.case_id == Case.id, CallBack.round == Case.reopened)
_NEXT = aliased(CallBack)
_AFTER = exists().where(
    _NEXT.case_id == CallBack.case_id,
    _NEXT.round == CallBack.round,
    _NEXT.id > CallBack.id,
    or_(
        _NEXT.report_id == CallBack.report_id,
        _NEXT.report_id.is_(None),
        CallBack.report_id.is_(None),
    ),
)
_LAST = (*_CALLS, ~_AFTER.correlate_except(_NEXT))
_GOT = exists().where(
    *_CALLS,
    CallBack.reached.is_(True),
    or_(CallBack.report_id == Report.id, CallBack.report_id.is_(None)),
)
_WAYS = or_(*(Identity.can_be_reached.contains(way) for way in BY_CALLING))
_BACK = exists().where(
    Entry.case_id == Case.id,
    is_word(Entry.verb, "retract"),
    Entry.body.contains(literal('"report":"') + Report.number + '"'),
)
_CALLED = (
    Report.case_id == Case.id,
    Report.follows.is_(None),
    Report.anonymous.is_(False),
    or_(
        among(Report.kind, CALLED_BACK),
        and_(is_word(Report.kind, "tip"), Report.call_back.is_(True)),
    ),
    exists().where(Identity.id == Report.identity_id, _WAYS),
    ~_BACK.correlate(Case, Report),
)
_LEFT = has_one(Case, select(Report.id).where(*_CALLED, ~_GOT.correlate(Case, Report)))
"""Somebody who is to be called back was not reached yet (`calling.Calls.left`)."""
_REACHED = and_(
    has_one(Case, select(CallBack.id).where(*_CALLS, CallBack.reached.is_(True))), ~_LEFT
)
_TOLD = exists().where(Reply.explains == CallBack.id, Reply.failed_at.is_(None))
_ARRIVED = exists().where(Reply.explains == CallBack.id, Reply.delivered_at.is_not(None))
_NOT_PLEASED = (*_LAST, CallBack.satisfied.is_not(True))
_DISPLEASED = has_one(Case, select(CallBack.id).where(*_NOT_PLEASED, ~_ARRIVED.correlate(CallBack)))
_PLEASED = and_(_REACHED, ~_DISPLEASED)
"""Everybody was satisfied when last called in this round, or had it explained since
(`calling.Calls.pleased`).
"""
_UNTOLD = ~_TOLD.correlate(CallBack)
_HEARD = has_one(Case, select(CallBack.id).where(*_LAST, CallBack.satisfied.is_(False), _UNTOLD))
_UNDECIDED = has_one(Case, select(CallBack.id).where(*_NOT_PLEASED, _UNTOLD))
UNSATISFIED = and_(_CALLING, or_(_HEARD, and_(_REACHED, _UNDECIDED)))
"""Somebody was reached and is not satisfied, and nobody explained: a supervisor decides."""


# What waits for a decision is little, and lies in an index of its own: these are found first and
# held against each case, rather than looked for anew in every case that is open.
_PROPOSALS = select(Proposal.case_id).where(Proposal.outcome.is_(None))
_PROPOSED = Case.id.in_(_PROPOSALS)
"""It was proposed to decline or refer the case: whoever proposed, and handles it, waits."""


def stirs(actor: Actor) -> ColumnElement[bool]:
    """Return a condition on an open case of the scope that holds wherever `waits_for` does, and is
    told by indexes of few: for counting, which would else go through all that is simply worked on.
    """
    here = getattr(Case, actor.level) == HERE
    asked = (Proposal, Shelving, Extension, Withdrawal, StepUp)
    few = (
        select(Case.id).where(here, text(STIRS)),
        select(Case.id).where(Case.handler_id == ME, among(Case.state, OPEN_CASE_STATES)),
        select(Item.case_id).where(is_word(Item.state, "objected")),
        *(select(table.case_id).where(table.outcome.is_(None)) for table in asked),
    )
    return Case.id.in_(union_all(*few))


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on an open case that its next step is this person's."""
    steps = {
        "case.accept": and_(is_word(Case.state, "received"), ~_PROPOSED),
        "case.opine": _to_opine(),
        "case.approve": _proposed(),
        "case.decide_shelving": _to_shelve(),
        "case.split": _own(),
        "case.assign": Case.handler_id.is_(None),
        "case.countersign": and_(Case.countersign.is_(True), signs()),
        "case.acknowledge": _alarmed(),
        "case.call_back": _to_call_back(actor),
        "case.close_unsatisfied": UNSATISFIED,
        "case.report_back": back_turns.to_write(),
        "case.check_back": back_turns.to_check(),
        "item.decide": or_(_objected(Item.objections < OBJECTIONS, *far(actor)), _held_up(actor)),
        "case.decide": Case.id.in_(_asks().where(Extension.item_id.is_(None))),
        "item.designate": _objected(Item.objections >= OBJECTIONS, designates(actor)),
        "item.consent": _to_consent(actor),
        "item.consent_draft": _to_withdraw(is_word(Item.state, "draft"), Withdrawal.asked_by != ME),
        "item.decide_step_up": _to_step_up(actor),
        "case.conclude_withdrawn": _to_conclude(),
    }
    theirs = {name: step for name, step in steps.items() if may(actor, name)}
    danger = [theirs.pop(name) for name in _FOR_DANGER if name in theirs]
    here = and_(Case.bound_for.is_(None), or_(false(), *theirs.values()))
    return or_(here, *danger)


_FOR_DANGER = ("case.acknowledge", "case.countersign")
"""What somebody must do also while the case waits to be signed for by another office."""


def _proposed() -> ColumnElement[bool]:
    """Return the condition that somebody else proposed how a case ends, and nobody has decided."""
    return and_(among(Case.state, PROPOSED), Case.id.in_(_PROPOSALS.where(Proposal.asked_by != ME)))


def _to_shelve() -> ColumnElement[bool]:
    """Return the condition that somebody else asked to shelve a case, or to move a milestone."""
    asked = select(Shelving.case_id).where(Shelving.outcome.is_(None), Shelving.asked_by != ME)
    wished = select(Milestone.id).join(Shelving, Shelving.id == Milestone.shelving_id)
    wished = wished.where(Shelving.case_id == Case.id, Shelving.ended_at.is_(None))
    wished = wished.where(Milestone.wish_by != ME)
    here = and_(among(Case.state, SHELVABLE), Case.id.in_(asked))
    return or_(here, and_(is_word(Case.state, "shelved"), has_one(Case, wished)))


def _alarmed() -> ColumnElement[bool]:
    """Return the condition that somebody must take a case over at once: whatever else of it is late
    by now, which is what `next_clock` would name.
    """
    running = (
        Clock.case_id == Case.id,
        is_word(Clock.name, "immediate"),
        is_word(Clock.state, "running"),
    )
    return and_(Case.urgent.is_(True), has_one(Case, select(Clock.id).where(*running)))


def signs() -> ColumnElement[bool]:
    """Return the condition that the reason which waits in a case may be countersigned by somebody:
    whoever took over since the last signature may have given it (`urgency.took_over`).
    """
    signed = exists().where(
        _LATER.case_id == Entry.case_id, is_word(_LATER.verb, "countersign"), _LATER.n > Entry.n
    )
    own = select(Entry.id).where(
        Entry.case_id == Case.id,
        is_word(Entry.verb, "acknowledge"),
        Entry.user_id == ME,
        ~signed.correlate(Entry),
    )
    return ~has_one(Case, own)


def looks_again(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody is to look again at how a case ended: another decided, and
    nobody in an office nearer to it could.
    """
    if not may(actor, "case.second_look"):
        return false()
    decided = select(Entry.user_id).where(
        Entry.case_id == Case.id, among(Entry.verb, ("answer", "decline"))
    )
    who = decided.order_by(Entry.n.desc()).limit(1).correlate(Case).scalar_subquery()
    return and_(who.is_distinct_from(ME), ~looks_nearer(actor, who))


def is_to_look_again(session: Session, actor: Actor, case: Case) -> bool:
    """Tell whether somebody is to look again at how a case within their scope ended."""
    query = select(Case.id).where(Case.id == case.id, looks_again(actor))
    return session.scalar(query, said_of(actor)) is not None


def excludes(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody else asked to leave a case out of the figures, and that
    this person decides.
    """
    if not may(actor, "case.decide_exclusion"):
        return false()
    asked = select(Exclusion.case_id).where(Exclusion.outcome.is_(None), Exclusion.asked_by != ME)
    return Case.id.in_(asked)


def _to_opine() -> ColumnElement[bool]:
    """Return the condition that a review waits for the opinion of somebody who had no part in what
    it is about (`reviews.had_a_part`).
    """
    of_root = select(Report.case_id).where(Report.id == Review.root_report_id)
    began = of_root.correlate(Review).scalar_subquery()
    waits = Case.id.in_(select(Review.case_id).where(Review.result.is_(None)))
    theirs = select(Entry.id).where(Entry.user_id == ME, not_among(Entry.verb, NO_HAND))
    before = theirs.join(Split, Split.case_id == Entry.case_id)
    # One by one, each through its index: together they would read every entry there is.
    hands = (
        *(theirs.where(Entry.case_id == Review.of_case_id), theirs.where(Entry.case_id == began)),
        *(before.where(Split.part_id == Review.of_case_id), before.where(Split.part_id == began)),
    )
    own = select(Review.id).where(
        Review.case_id == Case.id, or_(*(hand.correlate(Review).exists() for hand in hands))
    )
    return and_(is_word(Case.state, "accepted"), waits, ~has_one(Case, own))


def _own() -> ColumnElement[bool]:
    """Return the condition that a case is somebody's to go on with: what waits for another person
    to consent to its withdrawal is not, nor a reply that is on its way. A unit that verifies a tip
    cannot conclude: what it handed in waits for the case's handler.
    """
    asked = select(Withdrawal.item_id).where(Withdrawal.outcome.is_(None))
    drafts = select(Item.case_id).where(is_word(Item.state, "draft"))
    draft = Case.id.in_(drafts.where(Item.id.not_in(asked)))
    begins = and_(
        is_word(Case.state, "accepted"),
        Case.reviews.is_(None),
        or_(Case.id.not_in(drafts), draft),
        ~_withdrawn(),
    )
    replies = and_(is_word(Case.state, "replying"), _unanswered())
    finds = and_(AT_WORK, is_word(Case.kind, "tip"), _has(TO_FIND))
    ready = or_(begins, replies, and_(is_word(Case.state, "handling"), draft), finds)
    return and_(Case.handler_id == ME, ready, ~_PROPOSED)


def _unanswered() -> ColumnElement[bool]:
    """Return the condition that a report of this round has no reply that arrived or is under way
    (`closing_forms.unanswered` tells which).
    """
    sent = exists().where(
        Reply.report_id == Report.id, Reply.round == Case.reopened, Reply.failed_at.is_(None)
    )
    first = (Report.case_id == Case.id, Report.follows.is_(None))
    return has_one(Case, select(Report.id).where(*first, ~sent.correlate_except(Reply)))


def _has(*of_item: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a case has an item like this."""
    return has_one(Case, select(Item.id).where(Item.case_id == Case.id, *of_item))


def _objected(*of_item: ColumnElement[bool]) -> ColumnElement[bool]:
    objected = select(Item.case_id).where(is_word(Item.state, "objected"))
    return and_(AT_WORK, Case.id.in_(objected), _has(is_word(Item.state, "objected"), *of_item))


def _asks() -> Select[int]:
    """Select where somebody else asks for more time, and nobody has decided."""
    undecided = (Extension.outcome.is_(None), Extension.asked_by != ME)
    return select(Extension.case_id).where(*undecided)


def _held_up(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an item waits for more time, with no unit to keep away from."""
    return Case.id.in_(_asks().join(Item, Item.id == Extension.item_id).where(*far(actor)))


def _to_withdraw(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that somebody asks to withdraw an item, and nobody has decided."""
    asked = select(Withdrawal.case_id).join(Item, Item.id == Withdrawal.item_id)
    return Case.id.in_(asked.where(Withdrawal.outcome.is_(None), *which))


def _to_consent(actor: Actor) -> ColumnElement[bool]:
    """Whoever asked, handles the case, or had any other hand in the item does not decide."""
    another = or_(Case.handler_id.is_(None), Case.handler_id != ME)
    asked = _to_withdraw(
        is_not_word(Item.state, "draft"), Withdrawal.asked_by != ME, ~hand(ME), *far(actor)
    )
    return and_(AT_WORK, another, asked)


def _to_step_up(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody else asks to climb an item's ladder before its date."""
    asked = select(StepUp.case_id).join(Item, Item.id == StepUp.item_id)
    return Case.id.in_(asked.where(StepUp.outcome.is_(None), StepUp.asked_by != ME, *far(actor)))


def _withdrawn() -> ColumnElement[bool]:
    """Return the condition that nothing of a case is left but what was withdrawn."""
    here = Item.round == Case.reopened
    left = or_(not_among(Item.state, ITEM_DONE), and_(here, is_not_word(Item.state, "withdrawn")))
    some = and_(Case.withdrawn.is_(True), _has(is_word(Item.state, "withdrawn"), here))
    return and_(some, ~_has(left))


def _to_conclude() -> ColumnElement[bool]:
    own = select(Withdrawal.id).join(Item, Item.id == Withdrawal.item_id)
    own = own.where(
        Withdrawal.case_id == Case.id,
        is_word(Withdrawal.outcome, "consented"),
        Withdrawal.asked_by == ME,
        Item.round == Case.reopened,
    )
    return and_(among(Case.state, ("accepted", "handling")), _withdrawn(), ~has_one(Case, own))


def _to_call_back(actor: Actor) -> ColumnElement[bool]:
    """Whoever sits at the desk calls, and closes where the reporter was satisfied; who handles
    cases calls the reporters of their own. An unsatisfied one is the supervisor's.
    """
    own = Case.handler_id == ME if may(actor, "case.split") else true()
    ends = and_(_PLEASED, Case.countersign.is_(False))
    return and_(_CALLING, own, or_(~_REACHED, ends))


def checked_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on a submitted item within the scope that this person strikes it off:
    what `checkers.eyes` tells item by item, for the counting of many. No hand in it, no need to
    keep away, and nobody in an office nearer to it who could.
    """
    if not may(actor, "item.strike_off"):
        return false()
    return and_(~hand(ME), ~nearer(actor), *far(actor))
