"""Do the laws of the ledger hold in the data as it lies there (design §4)? For `doctor --laws`.

The verbs keep the laws, and guards in the database some of them; this asks the rows alone, so that
whoever restored a backup, moved a database or mistrusts somebody can know. Each law is a handful of
statements over whole tables; what breaks it is named by number, never by what is written there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.escalation import accountability_laws, order_laws
from caseflow.escalation.tables import Rung
from caseflow.files.store import Store
from caseflow.files.tables import Blob
from caseflow.histories import BESIDE
from caseflow.intake import call_laws
from caseflow.ledger import (
    assist_laws,
    back_laws,
    beside,
    import_laws,
    oversight_laws,
    review_laws,
    split_laws,
    waves,
)
from caseflow.ledger.application_tables import Exclusion, Proposal, Withdrawal
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves.back_promise import BEGUN
from caseflow.ledger.moves.visiting import FEWEST
from caseflow.ledger.report_tables import CallBack, Merger, Passage, Reply, Report
from caseflow.ledger.shelving_tables import Milestone, Shelving
from caseflow.ledger.signature_tables import Signature
from caseflow.ledger.states import (
    EXCLUDED,
    ITEM_DONE,
    OPEN_CASE_STATES,
    PROPOSED,
    SHELVABLE,
    WITHOUT_ITEMS,
)
from caseflow.ledger.tables import NEVER, Case, Counter, Evidence, Item, ItemActor
from caseflow.ledger.tables import Finding as FindingRow
from caseflow.ledger.visit_tables import Visit, Visitor
from caseflow.ledger.visits import UNVISITED
from caseflow.outbox.tables import Event
from caseflow.people.permissions import OFFICE
from caseflow.people.tables import Area, Recusal, User
from caseflow.publishing import circular_laws

NAMED = 5
"""So many that break a law are named; more help nobody to find out why."""

_ANSWERED = ("replying", "calling_back", "closed")
_PROMISED = tuple(state for state in OPEN_CASE_STATES if state not in ("calling_back", "shelved"))
_OWED = ("resolve", "reply", "call_back", "sign_for", "verify", "rectify", "assist", "check")
_OF_ITEMS = {
    "dispatched": "sign_for",
    "verifying": "verify",
    "rectifying": "rectify",
    "submitted": "check",
}
Query = Select[Any]
ON_RECORD = "circulars and files of inquiry are what was put on record"


@dataclass(frozen=True)
class Finding:
    """What came of one law: nothing, or the numbers of what breaks it, the first few."""

    law: str
    broken: tuple[str, ...]

    @property
    def line(self) -> str:
        """Return the finding in one line."""
        return f"{self.law}: {'broken ' + ' '.join(self.broken) if self.broken else 'ok'}"


def examine(session: Session, store: Store) -> Iterator[Finding]:
    """Ask for every law in turn, but for that of the history (`ledger verify` asks it)."""
    lost = *_files(session, store), *session.scalars(_unreported().limit(NAMED)).all()
    yield Finding("1 nothing is lost", lost[:NAMED])
    for law, queries in LAWS.items():
        found: list[str] = []
        for query in queries():
            found += session.scalars(query.limit(NAMED)).all()
        yield Finding(law, tuple(dict.fromkeys(str(one) for one in found))[:NAMED])
    yield Finding(ON_RECORD, tuple(islice(beside.misfits(session, BESIDE), NAMED)))


def _files(session: Session, store: Store) -> tuple[str, ...]:
    """Return files that a row names and the store has not."""
    ids = session.scalars(select(Blob.id).order_by(Blob.id).execution_options(yield_per=500))
    gone = (blob_id for blob_id in ids if not store.exists(blob_id))
    return tuple(blob_id for blob_id, _ in zip(gone, range(NAMED), strict=False))


def _unreported() -> Query:
    """Ask for cases that nobody reported; one that is merged lends its reports."""
    reported = exists().where(Report.case_id == Case.id)
    return select(Case.number).where(Case.state != "merged", ~reported)


def _twice() -> Iterator[Query]:
    """2: a contact is one report."""
    key = (Report.channel, Report.channel_key)
    yield select(func.min(Report.number)).group_by(*key).having(func.count() > 1)


def _moves() -> Iterator[Query]:
    """3: as many entries as the head says, and an event for each."""
    entries = select(func.count()).where(Entry.case_id == Case.id).scalar_subquery()
    of_moves = and_(Event.case_id == Case.id, Event.name != BEGUN)
    events = select(func.count()).where(of_moves).scalar_subquery()
    yield select(Case.number).where(or_(entries != Case.head_n, events != Case.head_n))


def _eyes() -> Iterator[Query]:
    """4: nobody strikes off, withdraws, or ends what they had a hand in or asked for."""
    of_item = select(Case.number).join(Item, Item.case_id == Case.id)
    hands: tuple[type[ItemActor | FindingRow | Evidence], ...] = (ItemActor, FindingRow, Evidence)
    theirs = (
        exists().where(hand.item_id == Item.id, hand.user_id == Item.struck_off_by)
        for hand in hands
    )
    yield of_item.where(Item.state == "struck_off", or_(*theirs))
    found = exists().where(FindingRow.item_id == Item.id)
    yield of_item.where(Item.state == "struck_off", ~found)
    asked = select(Case.number).join(Withdrawal, Withdrawal.case_id == Case.id)
    yield asked.where(Withdrawal.decided_by == Withdrawal.asked_by)
    proposed = select(Case.number).join(Proposal, Proposal.case_id == Case.id)
    yield proposed.where(Proposal.decided_by == Proposal.asked_by)
    yield proposed.where(Proposal.outcome.is_(None), Case.state.not_in(PROPOSED))
    left_out = select(Case.number).join(Exclusion, Exclusion.case_id == Case.id)
    yield left_out.where(Exclusion.decided_by == Exclusion.asked_by)
    yield left_out.where(Exclusion.outcome.is_(None), Case.state.not_in(EXCLUDED))
    consented = exists().where(Withdrawal.item_id == Item.id, Withdrawal.outcome == "consented")
    yield of_item.where(Item.state == "withdrawn", ~consented)


def _closings() -> Iterator[Query]:
    """5: items over, everybody answered in this round, called back where the kind asks for it."""
    undone = exists().where(Item.case_id == Case.id, Item.state.not_in(ITEM_DONE))
    yield select(Case.number).where(Case.state.in_(_ANSWERED), undone)
    items = exists().where(Item.case_id == Case.id)
    asks = and_(Case.kind.not_in(WITHOUT_ITEMS), Case.reviews.is_(None), ~import_laws.as_it_was())
    yield select(Case.number).where(Case.state.in_(_ANSWERED), asks, ~items)
    got = exists().where(
        Reply.report_id == Report.id,
        Reply.case_id == Case.id,
        Reply.round == Case.reopened,
        Reply.delivered_at.is_not(None),
    )
    unanswered = ~got.correlate_except(Reply)
    owed = exists().where(Report.case_id == Case.id, Report.follows.is_(None), unanswered)
    here = and_(Case.state.in_(("answered", *_ANSWERED[1:])), ~import_laws.as_it_was())
    yield select(Case.number).where(here, owed)
    called = exists().where(CallBack.case_id == Case.id, CallBack.round == Case.reopened)
    yield select(Case.number).where(Case.state == "closed", Case.call_back, ~called)
    lends = exists().where(Merger.case_id == Case.id, Merger.undone_at.is_(None))
    yield select(Case.number).where((Case.state == "merged") != lends)


def _rungs() -> Iterator[Query]:
    """6: each rung once for a clock, none left out, and the clock knows the last.

    What was entered before its date stands above what was climbed, and keeps milder documents away.
    """
    rungs = (
        select(
            Rung.clock_id,
            func.count().label("n"),
            func.count(Rung.n.distinct()).label("different"),
            func.min(Rung.n).label("first"),
            func.max(Rung.n).label("last"),
        )
        .group_by(Rung.clock_id)
        .subquery()
    )
    wrong = or_(
        rungs.c.n != rungs.c.different,
        and_(Clock.entered == 0, rungs.c.last - rungs.c.first + 1 != rungs.c.different),
        and_(rungs.c.last != Clock.last_rung, rungs.c.last != Clock.entered),
    )
    of_clock = select(Case.number).join(Clock, Clock.root_case_id == Case.id)
    yield of_clock.join(rungs, rungs.c.clock_id == Clock.id).where(wrong)
    # One that took another's place begins where that one had come to.
    none = ~exists().where(Rung.clock_id == Clock.id)
    yield of_clock.where(Clock.last_rung > 0, Clock.follows.is_(None), none)


def _promises() -> Iterator[Query]:
    """7: what is open is promised, once; what is over owes nothing; lists sort by what burns."""
    soonest = (
        select(func.min(Clock.due))
        .where(Clock.root_case_id == Case.id, Clock.state == "running")
        .scalar_subquery()
    )
    yield select(Case.number).where(func.coalesce(soonest, NEVER) != Case.next_due)
    here = (Item.case_id == Case.id, Item.state == "withdrawn", Item.round == Case.reopened)
    yield select(Case.number).where(Case.withdrawn.is_(False), exists().where(*here))
    alive = and_(Clock.root_case_id == Case.id, Clock.state.in_(ALIVE))
    # What waits for nothing but a sender's signature is promised to that one (`back_laws`).
    resolve = exists().where(alive, Clock.name.in_(("resolve", "report_back", "signed_back")))
    yield select(Case.number).where(Case.state.in_(_PROMISED), ~resolve)
    later = exists().where(Report.id == Clock.report_id, Report.follows.is_not(None))
    ended = exists().where(alive, Clock.name.in_(_OWED), Clock.order_id.is_(None), ~later)
    over = Case.state.not_in(OPEN_CASE_STATES)
    yield select(Case.number).where(over, ended)
    other = aliased(Clock)
    same = [
        getattr(Clock, name).is_not_distinct_from(getattr(other, name))
        for name in ("case_id", "item_id", "report_id", "order_id", "name")
    ]
    again = exists().where(other.id < Clock.id, other.state.in_(ALIVE), *same)
    of_clock = select(Case.number).join(Clock, Clock.root_case_id == Case.id)
    several = Clock.name.not_in(("milestone", "assist"))  # one for each of what is waited for
    yield of_clock.where(Clock.state.in_(ALIVE), several, again.correlate_except(other))


def _of_each() -> Iterator[Query]:
    """7: so is each item and each report of what is open, and its clock stands with its case."""
    of_item = select(Case.number).join(Item, Item.case_id == Case.id)
    of_report = select(Case.number).join(Report, Report.case_id == Case.id)
    alive = Clock.state.in_(ALIVE)
    for state, name in _OF_ITEMS.items():
        promised = exists().where(Clock.item_id == Item.id, alive, Clock.name == name)
        # Taken up anew, a case promises nothing of its old items before it is handled again.
        yield of_item.where(Case.state == "handling", Item.state == state, ~promised)
    owes = exists().where(Clock.item_id == Item.id, alive)
    yield of_item.where(Item.state.in_(ITEM_DONE), owes)
    answered = exists().where(
        Reply.report_id == Report.id,
        Reply.case_id == Case.id,
        Reply.round == Case.reopened,
        Reply.delivered_at.is_not(None),
    )
    promised = exists().where(Clock.report_id == Report.id, alive, Clock.name == "reply")
    first = and_(Case.state.in_(_PROMISED), Report.follows.is_(None))
    yield of_report.where(first, ~promised, ~answered)
    astray = and_(alive, Clock.root_case_id.is_distinct_from(Case.id))
    yield of_item.join(Clock, Clock.item_id == Item.id).where(astray)
    yield of_report.join(Clock, Clock.report_id == Report.id).where(astray)


def _places() -> Iterator[Query]:
    """11: a case lies where its area lies: scopes go by these columns."""
    differs = [
        getattr(Case, level).is_distinct_from(getattr(Area, level))
        for level in ("province", "city", "county", "district")
    ]
    yield select(Case.number).join(Area, Area.code == Case.area_code).where(or_(*differs))


def _passages() -> Iterator[Query]:
    """A case lies where it was signed for last, or began; what waits for a signature is urged."""
    signed = select(Passage.to_area).where(Passage.case_id == Case.id)
    signed = signed.where(Passage.outcome == "received").order_by(Passage.id.desc()).limit(1)
    where = func.coalesce(signed.scalar_subquery(), Case.registered_in)
    yield select(Case.number).where(Case.area_code != where)
    waits = select(Passage.to_area).where(Passage.case_id == Case.id, Passage.outcome.is_(None))
    bound = waits.scalar_subquery()
    yield select(Case.number).where(Case.bound_for.is_distinct_from(bound))
    alive = (Clock.case_id == Case.id, Clock.name == "receive", Clock.state.in_(ALIVE))
    urged = exists().where(*alive)
    yield select(Case.number).where(Case.bound_for.is_not(None) != urged)


def _shelvings() -> Iterator[Query]:
    """Nothing shelved is forgotten: it waits for something that somebody is urged about."""
    lasting = exists().where(
        Shelving.case_id == Case.id, Shelving.outcome == "approved", Shelving.ended_at.is_(None)
    )
    yield select(Case.number).where((Case.state == "shelved") != lasting)
    alive = Clock.state.in_(ALIVE)
    urged = exists().where(Clock.case_id == Case.id, alive, Clock.name == "milestone")
    yield select(Case.number).where((Case.state == "shelved") != urged)
    of_case = select(Case.number).join(Shelving, Shelving.case_id == Case.id)
    running = select(func.count()).where(Clock.case_id == Case.id, alive, Clock.name == "milestone")
    left = (
        select(func.count())
        .select_from(Milestone)
        .join(Shelving, Shelving.id == Milestone.shelving_id)
    )
    left = left.where(Shelving.case_id == Case.id, Milestone.met_at.is_(None))
    left = left.where(Shelving.outcome == "approved", Shelving.ended_at.is_(None))
    counted = running.scalar_subquery() != left.scalar_subquery()
    yield select(Case.number).where(counted)
    stands = exists().where(
        Clock.root_case_id == Case.id, alive, Clock.name.in_(_STANDS), Case.state == "shelved"
    )
    yield select(Case.number).where(stands)
    yield of_case.where(Shelving.outcome.is_(None), Case.state.not_in(SHELVABLE))


_STANDS = (
    *("resolve", "reply", "sign_for", "verify", "rectify", "assist", "check", "decide"),
    *("draft", "answer"),
)
"""Promises that nobody is held to while a case is shelved."""


def _signatures() -> Iterator[Query]:
    """What waits for a signature is not submitted yet; nobody signs for somebody with the post."""
    of_item = select(Case.number).join(Item, Item.case_id == Case.id)
    of_answer = of_item.join(Signature, Signature.item_id == Item.id)
    yield of_answer.where(Signature.outcome.is_(None), Item.state.in_(ITEM_DONE))
    entries = exists().where(
        Entry.item_id == Item.id, Entry.verb == Signature.move, Entry.at == Signature.decided_at
    )
    yield of_answer.where(Signature.outcome == "signed", ~entries)


def _visits() -> Iterator[Query]:
    """Two different people went, nobody of them judged, and where demanded somebody went."""
    of_item = select(Case.number).join(Item, Item.case_id == Case.id)
    yield of_item.where(Item.state == "struck_off", UNVISITED)
    of_visit = of_item.join(Visit, Visit.item_id == Item.id)
    went = select(func.count(Visitor.name.distinct())).where(Visitor.visit_id == Visit.id)
    yield of_visit.where(went.scalar_subquery() < FEWEST)
    judged = exists().where(Visitor.visit_id == Visit.id, Visitor.user_id == Item.struck_off_by)
    yield of_visit.where(or_(judged, Visit.recorded_by == Item.struck_off_by))
    yield of_visit.where(Visit.case_id != Case.id)


def _owners() -> Iterator[Query]:
    """An accepted case is nobody's who left, went elsewhere or must keep away (decision 23)."""
    handled = select(Case.number).join(User, User.id == Case.handler_id)
    handled = handled.where(Case.state.in_(OPEN_CASE_STATES), Case.state != "received")
    yield handled.where(or_(User.active.is_(False), User.role.not_in(OFFICE)))
    path = (Case.district, Case.county, Case.city, Case.province)
    elsewhere = (User.area_code.is_distinct_from(level) for level in path)
    yield handled.where(and_(*elsewhere))
    away = exists().where(Recusal.user_id == User.id, Recusal.unit_id == Case.unit_id)
    yield handled.where(away)


def _numbers() -> Iterator[Query]:
    """Numbers have no gaps within area and day, or area and year (design §2)."""
    given = union_all(
        select(Report.area_code, Report.day.label("period"), Report.seq),
        select(Case.registered_in, func.cast(Case.year, Report.day.type), Case.seq),
    ).subquery()
    place = (given.c.area_code, given.c.period)
    counted = func.max(
        case((and_(Counter.area_code == place[0], Counter.period == place[1]), Counter.value))
    )
    of_place = select(func.min(place[0] + "-" + place[1])).join(
        Counter, and_(Counter.area_code == place[0], Counter.period == place[1]), isouter=True
    )
    gap = or_(
        func.count() != func.max(given.c.seq),
        func.count(given.c.seq.distinct()) != func.count(),
        func.coalesce(counted, 0) != func.max(given.c.seq),
    )
    yield of_place.group_by(*place).having(gap)
    day, year = Counter.period, func.cast(Case.year, Report.day.type)
    reports = exists().where(Report.area_code == Counter.area_code, Report.day == day)
    cases = exists().where(Case.registered_in == Counter.area_code, year == Counter.period)
    whole = func.length(Counter.period).in_((4, 8))  # other periods count documents
    yield select(Counter.area_code + "-" + Counter.period).where(whole, ~reports, ~cases)


LAWS: dict[str, Callable[[], Iterator[Query]]] = {
    "2 nothing comes in twice": _twice,
    "3 one move, one transaction": _moves,
    "4 four eyes": _eyes,
    "5 a case closes by the rules": _closings,
    "6 every rung once": _rungs,
    "7 promises": lambda: chain(_promises(), _of_each()),
    "11 nobody outside their scope": _places,
    "a case lies where it was signed for": _passages,
    "what is shelved is not forgotten": _shelvings,
    "reviews are linked, by other eyes": review_laws.broken,
    "what comes back is looked into": oversight_laws.broken,
    "what is handed down is reported back": back_laws.broken,
    "split cases say so": split_laws.broken,
    "imports are whole": import_laws.broken,
    "waves went where they say": waves.broken,
    "visits": _visits,
    "assisting units are heard": assist_laws.broken,
    "a unit's answer is signed": _signatures,
    "documents are signed, owed and lifted": order_laws.broken,
    "circulars, by other eyes": circular_laws.broken,
    "files of inquiry, step by step": accountability_laws.broken,
    "whoever rang in vain is rung back": call_laws.broken,
    "nothing without an owner": _owners,
    "numbers without gaps": _numbers,
}
