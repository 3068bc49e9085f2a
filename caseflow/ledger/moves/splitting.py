"""Splitting a case that turns out to hold several matters (分案): a part becomes a case of its own.

Reports and items go over as they are: with their numbers, their clocks and due moments, in the same
hands. What was promised for the whole holds for both cases from then on: no due moment is moved.
Documents about an item go with it, and stand still where it does.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, column, func, or_, select, table, update
from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate, mergers, numbers, oversights, proposals, queries, splits
from caseflow.ledger.application_tables import Extension, Withdrawal
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import calling, extending, two_matters
from caseflow.ledger.moves.ending import conclude_when_done
from caseflow.ledger.moves.handlers import first_handler, hand_over, is_missing
from caseflow.ledger.moves.opening import first_reports, title
from caseflow.ledger.moves.record import gathered, matter_of, may_say, of_case, record, whole, words
from caseflow.ledger.moves.urgency import require_no_danger
from caseflow.ledger.report_tables import Report
from caseflow.ledger.split_tables import Split, SplitItem, SplitReport
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import INSTRUCTED, ORDINARY, URGENT, Case, Item
from caseflow.ledger.visit_tables import Visit
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.tables import Area

_DANGER = ("open", "retaliation", "raise_urgency", "split_from")
_WITH_ITEM = (Extension, Withdrawal, Visit, StepUp)
# Documents stand above this room: their tables are written to by name.
_DOCUMENT = table("supervision_order", *(column(n, Integer) for n in ("id", "item_id", "case_id")))
_FILE = table("accountability_file", column("order_id", Integer), column("case_id", Integer))
BROUGHT_UP = "多次退回，正等上一级写明督办意见，之后才能分案"
NO_REPORT = "请选择要分出的来件"
ALL_REPORTS = "至少留一件来件在本办件"
BOTH = "同一件来件不能既整件分出，又留在本办件"
ALL_AT_WORK = "已交办的问题项不能全部分出；请反过来，把另一件事的来件分出去"


def split_off(
    session: Session,
    actor: Actor,
    case_id: int,
    reports: Sequence[str],
    reason: str,
    now: datetime,
    *,
    items: Sequence[str] = (),
    shared: Sequence[str] = (),
    matter: str = "",
    seen: int | None = None,
) -> Case:
    """Split reports, named by number, and items, by their number in the case, off into a new case,
    and return it: handled already where an item goes along that is, else accepted. Of `shared`
    reports, that tell of both matters, the new case gets linked ones; `matter` says what its is.

    Raises BadInput unless a report goes or is shared and one stays, and an item that makes a case
    handled stays too; MoveNotAllowed for danger that nobody took over yet, and while the level
    above has not looked into what came back too often.
    """
    case = gate.lock(session, case_id, seen)
    gate.pass_case(actor, case, "split_off")
    require_no_danger(session, case)
    if oversights.waiting(session, case.id):
        raise MoveNotAllowed(BROUGHT_UP)
    theirs: list[Report] = []
    two: list[Report] = []
    going: list[Item] = []
    gathered(
        lambda: theirs.extend(_reports(session, case, reports, shared)),
        lambda: two.extend(_two(session, case, reports, shared)),
        lambda: _matter(shared, matter),
        lambda: going.extend(_items(session, case, items)),
        lambda: words(reason, "reason", 2000),
    )
    extending.lapse(session, case, None, now)  # whoever decides has read another case
    proposals.lapse(session, case, now)
    part = _born(session, case, [*theirs, *two], going, now)
    part.matter = _matter(shared, matter) or part.matter
    row = Split(case_id=case.id, part_id=part.id, at=now)
    session.add(row)
    session.flush()
    _promise(session, case, part, theirs, two, now)
    numbers_go = _reports_go(session, row, theirs)
    linked = two_matters.link(session, case, part, row, two, now)
    facts: dict[str, Any] = {
        "reports": [*numbers_go, *(one.number for one in linked)],
        "items": _items_go(session, row, going),
        "reason": words(reason, "reason", 2000),
    }
    if linked:
        pairs = zip(two, linked, strict=True)
        facts["shared"] = [{"was": old.number, "number": new.number} for old, new in pairs]
    _begins(session, actor, case, part, going, now)
    _tell(session, actor, row, (case, part), facts, [one.id for one in linked], now)
    for one in (case, part):
        conclude_when_done(session, one, now)
    return part


def _tell(
    session: Session,
    actor: Actor,
    row: Split,
    both: tuple[Case, Case],
    facts: Mapping[str, Any],
    linked: Sequence[int],
    now: datetime,
) -> None:
    """Say in both histories what went; `linked`: reports whose senders are told of two numbers."""
    case, part = both
    refs_ = {"reports": linked} if linked else {}
    told = {"into": part.number, **facts}
    row.case_n = record(session, case, actor, "split_off", now, told, refs=refs_)
    told = {"from": case.number, "to": part.state, "urgent": part.urgent, **facts}
    told |= {"handler": part.handler_id} if part.handler_id is not None else {}
    row.part_n = record(session, part, SWEEP, "split_from", now, told)


# What goes


def _reports(
    session: Session, case: Case, chosen: Sequence[str], shared: Sequence[str]
) -> list[Report]:
    numbers_ = {refs.plain(one) for one in chosen}
    firsts = first_reports(session, case)
    found = [one for one in firsts if one.number in numbers_]
    if not (found or shared) or len(found) < len(numbers_):
        raise BadInput({"reports": NO_REPORT})
    if len(found) == len(firsts):
        raise BadInput({"reports": ALL_REPORTS})
    return found


def _two(
    session: Session, case: Case, chosen: Sequence[str], shared: Sequence[str]
) -> list[Report]:
    """Return the reports that tell of both matters: each stays, so none of them goes."""
    numbers_ = {refs.plain(one) for one in shared}
    found = [one for one in first_reports(session, case) if one.number in numbers_]
    if len(found) < len(numbers_):
        raise BadInput({"shared": NO_REPORT})
    if numbers_ & {refs.plain(one) for one in chosen}:
        raise BadInput({"shared": BOTH})
    return found


def _matter(shared: Sequence[str], matter: str) -> str:
    """Return what the part is about: of a report that tells of two matters somebody has to say."""
    return words(matter, "matter", 40) if shared else may_say(matter, "matter", 40)


def _items(session: Session, case: Case, chosen: Sequence[str]) -> list[Item]:
    numbers_ = {refs.whole(one) for one in chosen}
    mine = queries.items_of(session, case)
    found = [one for one in mine if one.n in numbers_]
    if len(found) < len(numbers_):
        raise BadInput({"items": "没有这个问题项"})
    left = [one for one in mine if one.n not in numbers_]
    work = [any(splits.is_at_work(case, one) for one in some) for some in (found, left)]
    if case.state == "handling" and work == [True, False]:
        raise BadInput({"items": ALL_AT_WORK})
    return found


def _born(
    session: Session, case: Case, theirs: Sequence[Report], going: Sequence[Item], now: datetime
) -> Case:
    """Return the new case: of the same office, about the same unit, in the same hands."""
    year, first = numbers.year_of(now), theirs[0]
    area = session.get_one(Area, case.area_code)
    seq = numbers.take(session, area.code, str(year))
    urgent = _is_urgent(session, case, theirs)
    calm = INSTRUCTED if case.rank == INSTRUCTED else ORDINARY
    # What was struck off keeps the rules that it was struck off by.
    over = any(one.state in ITEM_DONE for one in going)
    part = Case(
        number=refs.case_number(area.code, year, seq),
        area_code=area.code,
        province=area.province,
        city=area.city,
        county=area.county,
        district=area.district,
        registered_in=area.code,
        year=year,
        seq=seq,
        kind=next((one.kind for one in theirs if one.kind == "tip"), first.kind),
        category=case.category if over else first.category or case.category,
        urgent=urgent,
        rank=min(case.rank, URGENT) if urgent else calm if case.urgent else case.rank,
        state="received",
        matter=title(first),
        channel=first.channel,
        unit_id=case.unit_id,
        place=first.place,
        handler_id=case.handler_id,
        opened_at=now,
        moved_at=now,
        reopened=case.reopened,
        withdrawn=case.withdrawn,
    )
    session.add(part)
    session.flush()
    return part


def _is_urgent(session: Session, case: Case, theirs: Sequence[Report]) -> bool:
    """Tell whether danger was told of where these reports came in, or of the whole case and not in
    those that stay alone.
    """
    homes = set(mergers.homes(session, theirs).values()) - {case.id}
    came = select(Case.id).where(Case.id.in_(homes), Case.urgent.is_(True))
    if session.scalar(came.limit(1)) is not None:
        return True
    return case.urgent and not _is_of_others(session, case, theirs)


def _is_of_others(session: Session, case: Case, theirs: Sequence[Report]) -> bool:
    """Tell whether all the danger that was told of is told of in reports that stay."""
    query = select(Entry.verb, Entry.body).where(Entry.case_id == case.id, Entry.verb.in_(_DANGER))
    told = [(verb, json.loads(body)["facts"]) for verb, body in session.execute(query)]
    dangers = [facts for verb, facts in told if verb == "raise_urgency" or facts["urgent"]]
    going = {one.id for one in theirs}
    stays = Report.id.not_in(going) & func.coalesce(Report.follows, 0).not_in(going)
    others = set(session.scalars(select(Report.number).where(Report.case_id == case.id, stays)))
    return bool(dangers) and all(facts.get("report") in others for facts in dangers)


def _promise(
    session: Session,
    case: Case,
    part: Case,
    theirs: Sequence[Report],
    two: Sequence[Report],
    now: datetime,
) -> None:
    """Hold the part to what was promised of the matter: of the case that its reports came with.
    Nobody is owed that any more in the first case where nobody of a merged one is left there.
    """
    running = clocks.alive(session, whole(case), "resolve")
    firsts = first_reports(session, case)
    homes, going = mergers.homes(session, firsts), {one.id for one in theirs}
    gone = {homes[one.id] for one in (*theirs, *two)}
    clocks.fork(session, splits.promise(running, gone), of_case(part), now)
    gone -= {case.id} | {homes[one.id] for one in firsts if one.id not in going}
    left = clocks.alive(session, whole(case), "resolve")
    clocks.stop_these(session, [clock for clock in left if clock.case_id in gone], now)


def _reports_go(session: Session, row: Split, theirs: Sequence[Report]) -> list[str]:
    """Let reports, with what their senders added, belong to the part; return their numbers."""
    ids = [one.id for one in theirs]
    query = select(Report).where(or_(Report.id.in_(ids), Report.follows.in_(ids)))
    reports = session.scalars(query.order_by(Report.id)).all()
    session.add_all(SplitReport(split_id=row.id, report_id=one.id) for one in reports)
    for one in reports:
        one.case_id = row.part_id
    _clocks_go(session, row, Clock.report_id.in_([one.id for one in reports]))
    return [one.number for one in reports]


def _items_go(session: Session, row: Split, going: Sequence[Item]) -> list[dict[str, int]]:
    """Let items be the part's, with all that was asked and seen about them; return which."""
    told = [{"id": item.id, "was": item.n, "n": n} for n, item in enumerate(going, 1)]
    for item, one in zip(going, told, strict=True):
        session.add(SplitItem(split_id=row.id, item_id=item.id, was=item.n))
        item.case_id, item.n = row.part_id, one["n"]
    ids = [item.id for item in going]
    for asked in _WITH_ITEM:
        session.execute(update(asked).where(asked.item_id.in_(ids)).values(case_id=row.part_id))
    _clocks_go(session, row, Clock.item_id.in_(ids))
    _documents_go(session, row, ids)
    return told


def _documents_go(session: Session, row: Split, item_ids: Sequence[int]) -> None:
    """Let documents about items be the part's, with what is owed about them, and their files."""
    theirs = _DOCUMENT.c.item_id.in_(item_ids)
    ids = select(_DOCUMENT.c.id).where(theirs)
    for one, which in ((_DOCUMENT, theirs), (_FILE, _FILE.c.order_id.in_(ids))):
        session.execute(update(one).where(which).values(case_id=row.part_id))
    _clocks_go(session, row, Clock.order_id.in_(ids))


def _clocks_go(session: Session, row: Split, which: ColumnElement[bool]) -> None:
    """Let what runs of these be locked with the part from now on."""
    session.flush()
    running = which & Clock.state.in_(ALIVE)
    session.execute(update(Clock).where(running).values(root_case_id=row.part_id))


def _begins(
    session: Session, actor: Actor, case: Case, part: Case, going: Sequence[Item], now: datetime
) -> None:
    """Let the part be what it holds makes of it; what nobody handles yet somebody must at once."""
    work = case.state == "handling" and any(splits.is_at_work(part, one) for one in going)
    gate.pass_case(SWEEP, part, "split_from", "handling" if work else "accepted")
    part.rung = max((one.last_rung for one in _urged(session, part)), default=0)
    if is_missing(session, part):
        hand_over(session, part, first_handler(session, actor, part, now))
    for one in (case, part):
        one.call_back = calling.anybody(session, one)
    if not work and not part.urgent:
        running = clocks.alive(session, of_case(case), "immediate")
        if running:
            clocks.fork(session, running[0], of_case(part), now)
        else:
            clocks.start(session, "immediate", of_case(part), matter_of(part), now)


def _urged(session: Session, part: Case) -> list[Clock]:
    """Return what the ladder of units climbs on: its rung is what a case has reached."""
    return [one for one in clocks.alive(session, whole(part)) if one.ladder == "units"]
