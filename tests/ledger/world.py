"""A ledger that chance acts on: people of three areas, units, time, every verb and the sweep.

The machine picks; this module knows how to try a move. One session and no commit: each try is a
savepoint, so a refused move leaves nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.recalendar import Change
from caseflow.deadlines.rules import rules_of
from caseflow.errors import CaseflowError, MoveNotAllowed
from caseflow.escalation import answer_days
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order as Document
from caseflow.ledger import extensions, mergers
from caseflow.ledger.moves import (
    asking,
    calling,
    check,
    closing,
    extending,
    filing,
    items,
    merging,
    naming,
    notice,
    objecting,
    opening,
    passing,
    proposing,
    recalendar,
    retracting,
    supplementing,
    transferring,
    triage,
    urgency,
    withdrawing,
    work,
)
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.transferring import Transfer
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Question, Reply, Report
from caseflow.ledger.states import RETRACTED
from caseflow.ledger.tables import Case, Item
from caseflow.people import accounts
from caseflow.people.actor import REPORTER, Actor
from caseflow.people.permissions import may
from caseflow.people.tables import Recusal, User
from tests import office as offices
from tests.ledger import apart, assistants, handings, heard, overseen, papers, reviewed, shelved
from tests.ledger.ends import OTHERS, ends
from tests.ledger.snapshot import standing
from tests.ledger.stepped_up import tries as steps_up
from tests.ledger.visitors import visits

KINDS = ("complaint", "tip", "question", "help", "suggestion")
REACH = ("", "email", "phone", "email,phone")
WHEN, _supplement = {"when": "哪一天？"}, supplementing.supplement
TO_THE_POLICE = DangerCard(True, True, "值班员", "10:05", "接警 12")
NOT_TO_THE_POLICE = DangerCard(False, True, reason="孩子已由家长接走")
TO_SCHOOL, TO_SECTION = 0, 3  # luck that dispatches to the school, or to an inspector
MOMENT = timedelta(microseconds=1)

# Friday 6 February 2026: make-up Saturday 14 February, Spring Festival until 23 February, make-up
# Saturday 28 February all lie ahead.
START = datetime(2026, 2, 6, 1, 0, tzinfo=UTC)


def populate(session: Session) -> offices.Office:
    """Fill an empty database with the small office, and a handler whose brother runs the school."""
    office = offices.make(session)
    over_all = _person("over_all", "administrator", offices.CITY)
    brother = _person("brother", "handler", offices.DISTRICT)
    session.add_all([brother, over_all, handings.leaver()])
    session.flush()
    school = office.units["school"]
    session.add(Recusal(user_id=brother.id, unit_id=school, reason="亲属", since=START))
    session.flush()
    office.actors["over_all"] = accounts.actor_of(session, over_all)
    office.actors["brother"] = accounts.actor_of(session, brother)
    return office


def _person(username: str, role: str, area: str) -> User:
    name = f"测试{username}"
    return User(username=username, name=name, role=role, area_code=area, password_hash="!")


@dataclass
class World:
    """The session, the office, the moment, and what the history says happened so far."""

    session: Session
    office: offices.Office
    now: datetime = START
    taken: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    refused: int = 0
    checked: object = None
    plain: bool = True
    amended: int = 0
    standing: dict[type[Any], list[Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.standing = standing(self.session)

    # What there is

    def cases(self) -> list[Case]:
        """Return every case, oldest first."""
        return list(self.session.scalars(select(Case).order_by(Case.id)))

    def items(self) -> list[Item]:
        """Return every item, oldest first."""
        return list(self.session.scalars(select(Item).order_by(Item.id)))

    def documents(self) -> list[Document]:
        """Return every document that was not cancelled."""
        query = select(Document).where(Document.state != "cancelled").order_by(Document.id)
        return list(self.session.scalars(query))

    @property
    def people(self) -> list[Actor]:
        """Return everybody, in a fixed order."""
        return list(self.office.actors.values())

    def who_may(self, permission: str) -> list[Actor]:
        """Return everybody whose role carries a permission, in a fixed order."""
        return [actor for actor in self.people if may(actor, permission)]

    def number_of(self, name: str) -> int:
        """Return the luck that picks a person by name."""
        return list(self.office.actors).index(name)

    # What happens by itself

    def pass_time(self, hours: int) -> None:
        """Let time pass and the ladder climb."""
        self.now += timedelta(hours=hours)
        while sweep(self.session, self.now):
            pass

    def come_in(
        self,
        kind: str,
        reach: str = "",
        *,
        urgent: bool = False,
        unit: bool = True,
        area: str = offices.DISTRICT,
    ) -> Case:
        """A report comes in; `unit`: it is about the school."""
        self.now += MOMENT
        about = self.office.units["school"] if unit else None
        said = {"kind": kind, "reach": reach, "urgent": urgent, "unit": about, "area": area}
        case, _ = offices.report(self.session, self.now, call_back=kind == "tip", **said)
        return case

    def channel_takes(self, luck: int) -> None:
        """The mail channel takes, or refuses for good, a reply that waits."""
        waiting = select(Reply).where(Reply.delivered_at.is_(None), Reply.failed_at.is_(None))
        found = self.session.scalars(waiting.order_by(Reply.id)).first()
        if found is not None:
            verb = closing.undeliverable if luck % 4 == 0 else closing.delivered
            self.attempt(lambda: verb(self.session, found.id, self.now))

    def more_comes_in(self, case: Case, *, retaliation: bool) -> None:
        """The reporter adds something, or says that somebody takes revenge."""
        self.now += MOMENT
        query = select(Report).where(Report.case_id == case.id).order_by(Report.id)
        first = self.session.scalars(query.limit(1)).first()
        if first is None:  # merged: its reports are another case's
            return
        said = {"urgent": retaliation, "area": first.area_code, "kind": case.kind}
        new = offices.new_report(self.session, self.now, **said)
        opening.join(self.session, REPORTER, case, first, new, self.now)

    def calendar_changes(self, luck: int) -> None:
        """The administrator of all areas turns one of the next days round, exactly as previewed.

        Not where anybody was ever asked: the laws of pauses count by the plain calendar.
        """
        if self.session.scalar(select(func.count()).select_from(Question)):
            return
        session, day = self.session, (self.now + timedelta(days=1 + luck % 14)).date()
        change = Change({day: not rules_of(session).calendar.is_working_day(day)})

        def as_previewed() -> None:
            mark = recalendar.preview(session, change, self.now).mark
            me = self.office["over_all"]
            done = recalendar.recalendar(session, me, change, mark, self.now)
            answer_days.follow(session, done.shifts)

        self.plain = not self.attempt(as_previewed) and self.plain

    def attempt(self, act: Callable[[], object]) -> bool:
        """Try a move; a refusal undoes it."""
        self.now += MOMENT
        try:
            with self.session.begin_nested():
                act()
        except CaseflowError:
            self.refused += 1
            self.session.expire_all()
            return False
        return True

    def on_case(self, move: str, actor: Actor, case: Case, luck: int) -> bool:
        """Try a case move as `actor`; `luck` varies what is said."""
        s, n, me = self.session, case.id, actor
        if move in ("ask", "supplement") and not self.plain:
            return False
        card = NOT_TO_THE_POLICE if luck % 3 else TO_THE_POLICE
        tries: dict[str, Callable[[datetime], object]] = {
            "answer": lambda at: triage.answer(s, me, n, "已答复", at),
            "accept": lambda at: triage.accept(s, me, n, at),
            "decline": lambda at: ends(s, "decline", me, case, luck, at),
            "refer": lambda at: ends(s, "refer", me, case, luck, at),
            "propose_decline": lambda at: proposing.propose(s, me, n, "decline", OTHERS, at),
            "propose_refer": lambda at: proposing.propose(s, me, n, "refer", OTHERS, at),
            "refuse_proposal": lambda at: proposing.refuse_proposal(s, me, n, "归我们管", at),
            "raise_urgency": lambda at: urgency.raise_urgency(s, me, n, "孩子还在校门口", at),
            "acknowledge": lambda at: urgency.acknowledge(s, me, n, card, at),
            "countersign": lambda at: urgency.countersign(s, me, n, "", at),
            "split": lambda at: items.split(s, me, n, ["事项"], at),
            "ask": lambda at: asking.ask(s, me, n, self._report(case), "哪一天？", at),
            "supplement": lambda at: _supplement(s, me, n, self._report(case), WHEN, at),
            "resume": lambda at: asking.resume(s, REPORTER if luck % 2 else me, n, at),
            "conclude": lambda at: closing.conclude(s, me, n, at),
            "retract": lambda at: retracting.retract(
                s, me, self._report(case), RETRACTED[luck % 2], at, case_id=n
            ),
            "merge": lambda at: merging.merge(s, me, n, self._another(case, luck), "同一件事", at),
            "take_in": lambda at: self._takes_in(me, case, luck, at),
            "unmerge": lambda at: merging.unmerge(s, me, n, "不是一件事", at),
            "give_back": lambda at: self._gives_back(me, case, luck, at),
            "pass_on": lambda at: passing.pass_on(
                s, me, n, self._office_for(case, luck), "level", "请市里办", at
            ),
            "take_back": lambda at: passing.take_back(s, me, n, "", at),
            "receive": lambda at: passing.receive(s, me, n, at),
            "send_back": lambda at: passing.send_back(s, me, n, "属区里", at),
            "conclude_withdrawn": lambda at: withdrawing.conclude_withdrawn(s, me, n, "均撤", at),
            "reply": lambda at: self._reply(me, case, luck, at),
            "call_back": lambda at: closing.call_back(
                s, me, n, _heard(luck), at, report_id=self._called(case)
            ),
            "close": lambda at: closing.close(s, me, n, "已说明", at),
            "reopen": lambda at: closing.reopen(s, me, n, "不满意", at),
            "second_look": lambda at: triage.second_look(s, me, n, "同意", at),
            "tell": lambda at: notice.tell(s, me, n, self._report(case), at),
            "extend_case": lambda at: extending.extend_case(
                s, me, n, self._day(case, luck), "检测要十天", at
            ),
            "grant_case": lambda at: extending.grant_case(s, me, n, "", at),
            "refuse_case": lambda at: extending.refuse_case(s, me, n, "来得及", at),
            "note": lambda at: triage.note(s, me, n, "补记", at),
            "hand_out": lambda at: filing.hand_out(s, me, n, "提供给复查机关", at),
            "assign": lambda at: triage.assign(s, me, n, self.somebody(luck), at),
            "hand_over": lambda at: handings.hands_over(self, me, case, luck, at),
            "fall_back": lambda at: handings.leaves(self, case, at),
            "name_unit": lambda at: naming.name_unit(s, me, n, self._unit(luck), "来件所述", at),
        }
        for told in (shelved, reviewed, apart, heard, overseen):
            tries |= told.tries(self, me, case, luck)
        return self.attempt(lambda: tries[move](self.now))

    def _called(self, case: Case) -> int | None:
        """Return the report whose sender is called next."""
        calls = calling.calls_of(self.session, case)
        return next((one.id for one in (*calls.left(), *calls.whom)), None)

    def _report(self, case: Case) -> int:
        """Return one of the case's reports whose sender is owed something, 0 where it has none."""
        found = opening.first_reports(self.session, case)
        owed = [one for one in found if not self._answered(case, one)]
        return (owed or [*found])[0].id if found else 0

    def _answered(self, case: Case, report: Report) -> bool:
        query = select(Reply.id).where(
            Reply.report_id == report.id,
            Reply.round == case.reopened,
            Reply.delivered_at.is_not(None),
        )
        return self.session.scalar(query.limit(1)) is not None

    def _another(self, case: Case, luck: int) -> str:
        """Return the number of another case, by luck of this one."""
        others = [one for one in self.cases() if one.id != case.id] or [case]
        return case.number if luck % 7 == 6 else others[luck % len(others)].number

    def _office_for(self, case: Case, luck: int) -> str:
        """Return the other level in most cases, else the other district."""
        if luck % 5 == 4:
            return offices.OTHER
        return offices.CITY if case.county else offices.DISTRICT

    def _takes_in(self, me: Actor, case: Case, luck: int, at: datetime) -> None:
        others = [one for one in self.cases() if one.id != case.id] or [case]
        other = others[luck % len(others)]
        merging.merge(self.session, me, other.id, case.number, "同一件事", at)

    def _gives_back(self, me: Actor, case: Case, luck: int, at: datetime) -> None:
        mine = mergers.into(self.session, case.id)
        if not mine:
            raise MoveNotAllowed("没有")
        merging.unmerge(self.session, me, mine[luck % len(mine)].case_id, "不是一件事", at)

    def _day(self, what: Case | Item, luck: int) -> date:
        """Return the last day that can be asked for in most cases, else one that is too late."""
        item = what if isinstance(what, Item) else None
        case_id = item.case_id if item else what.id
        alive = clocks.alive(self.session, Subject(root_case_id=case_id))
        known = extensions.asked(self.session, case_id)
        room = extensions.room(rules_of(self.session), alive, known, item, self.now)
        last = room.last if room.last > date.min else self.now.date()
        return last + timedelta(days=30) if luck % 5 == 4 else last

    def _unit(self, luck: int) -> int:
        units = list(self.office.units.values())
        return units[luck % len(units)]

    def somebody(self, luck: int) -> int:
        """Return anybody, by luck."""
        return self.people[luck % len(self.people)].person

    def inspector(self, luck: int) -> int:
        """Return an inspector in most cases, else anybody."""
        return self.office["inspector"].person if luck % 4 else self.somebody(luck)

    def _reply(self, actor: Actor, case: Case, luck: int, at: datetime) -> None:
        way = ("telephone", "message", "impossible", "track")[luck % 4]
        closing.reply(
            self.session, actor, case.id, self._report(case), "答复", way, at, proof="空号"
        )

    def on_item(self, move: str, actor: Actor, item: Item, luck: int) -> bool:
        """Try an item move as `actor`; `luck` varies what is said."""
        s, n, me = self.session, item.id, actor
        tries: dict[str, Callable[[datetime], object]] = {
            "edit": lambda at: items.edit(s, me, n, "改写", at),
            "dispatch": lambda at: items.dispatch(s, me, n, self._order(luck), at),
            "extend": lambda at: extending.extend(s, me, n, self._day(item, luck), "还差检测", at),
            "grant": lambda at: extending.grant(s, me, n, "", at),
            "refuse": lambda at: extending.refuse(s, me, n, "来得及", at),
            "reassign": lambda at: items.reassign(s, me, n, self.inspector(luck), "调岗", at),
            "object": lambda at: objecting.object_to(s, me, n, "不归我们管", at),
            "reject_objection": lambda at: objecting.reject_objection(s, me, n, "归你们管", at),
            "dispatch_anew": lambda at: objecting.dispatch_anew(s, me, n, self._order(luck), at),
            "designate": lambda at: objecting.designate(s, me, n, self._order(luck), at),
            "sign_for": lambda at: work.sign_for(s, me, n, at),
            "visit": lambda at: visits(self, me, item, luck, at),
            "hand_in": lambda at: work.hand_in(s, me, n, offices.blob(s, at), "图", at),
            **assistants.tries(self, me, item, luck),
            "find": lambda at: work.find(s, me, n, self._result(luck), at),
            "submit": lambda at: work.submit(s, me, n, "已改", at),
            "return": lambda at: check.return_item(s, me, n, "不够", at),
            "strike_off": lambda at: check.strike_off(s, me, n, "通过", at),
            "withdraw": lambda at: withdrawing.withdraw(s, me, n, "重复", at),
            "consent_withdrawal": lambda at: withdrawing.consent_withdrawal(s, me, n, "", at),
            "refuse_withdrawal": lambda at: withdrawing.refuse_withdrawal(s, me, n, "要查", at),
            "statutory": lambda at: transferring.statutory(s, me, n, Transfer("公安", "案"), at),
            "statutory_outcome": lambda at: transferring.statutory_outcome(s, me, n, "立案", at),
        }
        tries |= steps_up(self, me, item, luck)
        return self.attempt(lambda: tries[move](self.now))

    def _order(self, luck: int) -> Dispatch:
        name = ("school", "academy", "branch", "section")[luck % 4]
        inspector = self.office["inspector"].person if name == "section" else None
        return Dispatch(self.office.units[name], "请核查", inspector, none_listed=luck % 5 > 0)

    def _result(self, luck: int) -> Result:
        result = ("substantiated", "unsubstantiated", "partly", "unverifiable")[luck % 4]
        unit = ("school", "academy")[luck // 4 % 2]
        return Result(result, "依据", self.office.units[unit], "请整改")

    def on_order(self, actor: Actor, document: Document, luck: int) -> bool:
        """Issue, cancel, answer or lift a document as `actor`."""
        return self.attempt(papers.what_to_try(self.session, actor, document, luck, self.now))


def _heard(luck: int) -> Heard:
    return (
        Heard(reached=True, solved=True, satisfied=True, words="好"),
        Heard(reached=True, solved=False, satisfied=False, words="没有改"),
        Heard(reached=False),
    )[luck % 3]
