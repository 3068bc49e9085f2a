"""The product's side: the same steps made with the real verbs, and what it says of a case then.

One session and no commit; each try is a savepoint, so a refused move leaves nothing.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from caseflow.deadlines.ladder import Event
from caseflow.deadlines.rules import forget
from caseflow.deadlines.tables import Clock, LadderRow
from caseflow.errors import CaseflowError
from caseflow.escalation import answers, orders
from caseflow.escalation.defaults import UNITS
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order as Document
from caseflow.escalation.tables import Rung
from caseflow.ledger.application_tables import Exclusion, Proposal
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.exclusions import LASTS
from caseflow.ledger.moves import (
    afterwards,
    asking,
    check,
    closing,
    explaining,
    extending,
    handing,
    items,
    merging,
    naming,
    notice,
    objecting,
    opening,
    overseeing,
    transferring,
    triage,
    urgency,
    withdrawing,
    work,
)
from caseflow.ledger.moves.handing import Handing
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.transferring import Transfer
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import REPORTER, Actor
from tests import office as offices
from tests.model import verbs, verbs_between
from tests.model.mailing import Mailing
from tests.model.things import Said

_CALLED = DangerCard(True, True, "值班员", "10:05", "接警 12")
_NOT_CALLED = DangerCard(False, True, reason="孩子已由家长接走")
_THIS = bindparam("case")
# Tables rather than mapped classes: read after every step, and half as dear.
_case, _item, _clock = Case.__table__.c, Item.__table__.c, Clock.__table__.c
_rung, _order = Rung.__table__.c, Document.__table__.c
_exclusion, _proposal = Exclusion.__table__.c, Proposal.__table__.c


def _excluded(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_exclusion.case_id == _case.id, which)


def _proposed() -> ColumnElement[bool]:
    return exists().where(_proposal.case_id == _case.id, _proposal.outcome.is_(None))


_CASE = select(
    *(_case.state, _case.handler_id, _case.urgent, _case.countersign, _case.reopened),
    *(_case.unit_id, _case.area_code, _case.bound_for, _case.same_as),
    *(_case.ended_at.is_not(None), _proposed()),
    *(_excluded(one) for one in (_exclusion.outcome.is_(None), LASTS)),
).where(_case.id == _THIS)
_ITEMS = (
    select(
        *(_item.id, _item.n, _item.state, _item.verifying_unit_id, _item.rectifying_unit_id),
        *(_item.inspector_id, _item.returns, _item.objections, _item.designated, _item.finding),
    )
    .where(_item.case_id == _THIS)
    .order_by(_item.n)
)
_ON = (
    _clock.id.label("clock"),
    _clock.case_id,
    _clock.report_id,
    _clock.item_id,
    _clock.order_id,
    _clock.name,
)
_CLOCKS = select(
    *(*_ON, _clock.state),
    *(_clock.started_at, _clock.due, _clock.ended_at, _clock.next_rung, _clock.next_rung_at),
).where(_clock.root_case_id == _THIS)
_RUNGS = (
    select(_rung.id, _rung.n, _rung.planned_at, _rung.superseded, *_ON)
    .join(Clock.__table__, _clock.id == _rung.clock_id)
    .where(_rung.case_id == _THIS)
)
_DOCUMENTS = select(
    *(_order.id, _order.kind, _order.item_id, _order.unit_id, _order.state),
    *(_order.answered_at, _order.rung_id),
).where(_order.case_id == _THIS)


class Product:
    """The ledger under test. `cases`: their ids, in the order in which they came in."""

    def __init__(self, session: Session, office: offices.Office) -> None:
        self.session, self.office = session, verbs.furnish(session, office)
        self.cases: list[int] = []
        self.reports: list[int] = []
        self.items: dict[tuple[int, int], int] = {}
        self.assisting: dict[int, int] = {}
        self.later: dict[int, str] = {}
        self.mailing = Mailing(session)
        self.names = {actor.id: name for name, actor in self.office.actors.items()}
        self.units: dict[int | None, str] = {n: name for name, n in office.units.items()}
        self.units[None] = ""
        self.areas = {code: name for name, code in verbs_between.AREAS.items()} | {None: ""}
        self.orders: dict[int, dict[int, int]] = {}
        self.result: object = None
        self._looks_at_one_case()

    def _looks_at_one_case(self) -> None:
        """Let no ladder answer what many people report of one unit: the model leaves that out, for
        it knows each case by itself.
        """
        only = json.dumps([asdict(one) for one in UNITS.triggers if one.event == Event.sent_back])
        self.session.execute(
            update(LadderRow).where(LadderRow.name == UNITS.name).values(triggers=only)
        )
        forget(self.session)

    # Steps

    def comes_in(self, now: datetime, area: str, *, asks: bool, **said: Any) -> None:
        """A report comes in; `asks`: who sent it wants a report back."""
        about = self.office.units.get(said.pop("about"))
        case, report = offices.report(
            self.session, now, area=verbs_between.AREAS[area], unit=about, **said
        )
        report.report_back = asks
        self.cases.append(case.id)
        self.reports.append(report.id)
        self.orders[len(self.cases) - 1] = {}

    def says_more(self, case: int, now: datetime, *, retaliation: bool) -> None:
        """The reporter says more."""
        found = self.session.get_one(Case, self.cases[case])
        first = opening.first_reports(self.session, found)[0]
        said = {"urgent": retaliation, "area": first.area_code, "kind": found.kind}
        new = offices.new_report(self.session, now, **said)
        opening.join(self.session, REPORTER, found, first, new, now)

    def channel(self, case: int, now: datetime, *, takes: bool) -> None:
        """The channel takes the oldest reply that waits, or refuses it for good."""
        waiting = select(Reply).where(Reply.delivered_at.is_(None), Reply.failed_at.is_(None))
        query = waiting.where(Reply.case_id == self.cases[case]).order_by(Reply.id)
        found = self.session.scalars(query).first()
        assert found is not None, "no reply waits"
        verb = closing.delivered if takes else closing.undeliverable
        verb(self.session, found.id, now)

    def silence(self, now: datetime) -> None:
        """Let happen what is due."""
        while sweep(self.session, now):
            pass

    def attempt(self, act: Callable[[], object]) -> CaseflowError | None:
        """Try a move; return why it was refused, which undoes it. `result`: what it returned."""
        try:
            with self.session.begin_nested():
                self.result = act()
        except CaseflowError as refused:
            return refused
        return None

    def on_case(
        self, move: str, who: str | None, case: int, said: Said, now: datetime
    ) -> Callable[[], object]:
        """Return a move of a case as something to try."""
        s, n, at = self.session, self.cases[case], now
        me = self._who(who)
        report = self.reports[said.report]
        card = _CALLED if said.police else _NOT_CALLED
        consent = "来电同意" if said.consent else ""
        tries: dict[str, Callable[[], object]] = {
            "answer": lambda: triage.answer(s, me, n, "已答复", at),
            "accept": lambda: triage.accept(s, me, n, at),
            "decline": lambda: triage.decline(s, me, n, "不属于", at),
            "refer": lambda: triage.refer(s, me, n, "市场监管局", "主管", at),
            "second_look": lambda: triage.second_look(s, me, n, "同意", at),
            "note": lambda: triage.note(s, me, n, "补记", at),
            "assign": lambda: triage.assign(s, me, n, self._who(said.person).person, at),
            "name_unit": lambda: naming.name_unit(s, me, n, self._unit(said.unit), "来件", at),
            "raise_urgency": lambda: urgency.raise_urgency(s, me, n, "孩子", at),
            "acknowledge": lambda: urgency.acknowledge(s, me, n, card, at),
            "countersign": lambda: urgency.countersign(s, me, n, "", at),
            "split": lambda: items.split(s, me, n, ["事项"], at),
            "ask": lambda: asking.ask(s, me, n, report, "哪一天？", at),
            "resume": lambda: asking.resume(s, me, n, at),
            "conclude": lambda: closing.conclude(s, me, n, at),
            "conclude_withdrawn": lambda: withdrawing.conclude_withdrawn(s, me, n, "均撤", at),
            "reply": lambda: closing.reply(s, me, n, report, "答复", said.way, at, proof="空号"),
            "call_back": lambda: closing.call_back(s, me, n, _heard(said), at, report_id=report),
            "close": lambda: closing.close(s, me, n, "已说明", at),
            "explain": lambda: explaining.explain(s, me, n, report, "依规定", "telephone", at),
            "oversee": lambda: overseeing.oversee(s, me, n, "抓紧", at),
            "reopen": lambda: closing.reopen(s, me, n, "不满意", at),
            "tell": lambda: notice.tell(s, me, n, report, at),
            "extend_case": lambda: extending.extend_case(
                s, me, n, said.until, "检测", at, consent=consent
            ),
            "hand_over": lambda: handing.hand_over(
                s, me, self._person(said.giver) or 0, self._handing(n, said), "外出", at
            ),
            "grant_case": lambda: extending.grant_case(s, me, n, "", at),
            "refuse_case": lambda: extending.refuse_case(s, me, n, "来得及", at),
        }
        tries |= verbs.of_case(s, me, n, report, said, at)
        tries |= verbs_between.of_case(s, me, n, self.reports, said, at)
        if said.mailed:
            return lambda: self.mailing.send(me, n, report, at)
        return tries[move]

    def on_two(
        self, move: str, who: str, case: int, target: int, now: datetime
    ) -> Callable[[], object]:
        """Return what may be tried with a case and another one."""
        s, n, me = self.session, self.cases[case], self._who(who)
        number = s.get_one(Case, self.cases[target]).number
        return {
            "merge": lambda: merging.merge(s, me, n, number, "同一件事", now),
            "unmerge": lambda: merging.unmerge(s, me, n, "两件事", now),
            "decline_ended": lambda: afterwards.decline_ended(s, me, n, number, "已终结", now),
        }[move]

    def on_item(
        self, move: str, who: str, where: tuple[int, int], said: Said, now: datetime
    ) -> Callable[[], object]:
        """Return a move of an item as something to try."""
        s, n, me, at = self.session, self.items[where], self._who(who), now
        inspector = self._who(said.inspector).person if said.inspector else None
        order = Dispatch(self._unit(said.unit), "请核查", inspector, none_listed=said.none_listed)
        result = Result(said.result, "依据", self._unit(said.rectifier), "请整改")
        signer = "负责人" if said.signer else ""
        went = [self._who(name).person for name in said.went.split()]
        tries: dict[str, Callable[[], object]] = {
            "edit": lambda: items.edit(s, me, n, "改写", at),
            "dispatch": lambda: items.dispatch(s, me, n, order, at),
            "reassign": lambda: items.reassign(s, me, n, inspector, "调岗", at),
            "extend": lambda: extending.extend(s, me, n, said.until, "还差检测", at),
            "grant": lambda: extending.grant(s, me, n, "", at),
            "refuse": lambda: extending.refuse(s, me, n, "来得及", at),
            "object": lambda: objecting.object_to(s, me, n, "不归我们管", at),
            "reject_objection": lambda: objecting.reject_objection(s, me, n, "归你们", at),
            "dispatch_anew": lambda: objecting.dispatch_anew(s, me, n, order, at),
            "designate": lambda: objecting.designate(s, me, n, order, at),
            "sign_for": lambda: work.sign_for(s, me, n, at),
            "hand_in": lambda: work.hand_in(s, me, n, offices.blob(s, at), "图", at),
            "find": lambda: work.find(s, me, n, result, at, signer=signer),
            "submit": lambda: work.submit(s, me, n, "已改", at, signer=signer),
            "return": lambda: check.return_item(s, me, n, "不够", at),
            "strike_off": lambda: check.strike_off(s, me, n, "通过", at),
            "withdraw": lambda: withdrawing.withdraw(s, me, n, "重复", at),
            "consent_withdrawal": lambda: withdrawing.consent_withdrawal(s, me, n, "", at),
            "refuse_withdrawal": lambda: withdrawing.refuse_withdrawal(s, me, n, "要查", at),
            "statutory": lambda: transferring.statutory(s, me, n, Transfer("公安", "案"), at),
            "statutory_outcome": lambda: transferring.statutory_outcome(s, me, n, "立案", at),
        }
        return (tries | verbs.of_item(s, me, n, order.unit_id, said, went, at))[move]

    def on_order(
        self, move: str, who: str, where: tuple[int, int], now: datetime
    ) -> Callable[[], object]:
        """Return what is to be done with a document as something to try."""
        s, me = self.session, self._who(who)
        case, n = where
        order = next(key for key, number in self.orders[case].items() if number == n)
        tries: dict[str, Callable[[], object]] = {
            "issue": lambda: orders.issue(s, me, order, s.get_one(Document, order).text, now),
            "cancel": lambda: orders.cancel(s, me, order, "已完成", now),
            "answer_order": lambda: answers.answer(s, me, order, "已办", now),
        }
        return tries[move]

    def _who(self, name: str | None) -> Actor:
        return REPORTER if name is None else self.office.actors[name]

    def _person(self, name: str) -> int | None:
        return self.office.actors[name].person if name else None

    def _handing(self, case: int, said: Said) -> Handing:
        return Handing(case, self._person(said.taker), self._person(said.goer))

    def _unit(self, name: str) -> int:
        return self.office.units[name]

    def reviewed(self) -> None:
        """Know the case of the review that was just asked for."""
        asked = self.result
        assert isinstance(asked, Report), "no review was asked for"
        self.orders[len(self.cases)] = {}
        self.cases.append(asked.case_id)
        self.reports.append(asked.id)

    def parted(self, case: int, items: dict[int, int], documents: dict[int, int]) -> None:
        """Know the part that was just split off, whose items and documents had other numbers."""
        part = self.result
        assert isinstance(part, Case), "nothing was split off"
        n = len(self.cases)
        self.cases.append(part.id)
        new = Report.id.not_in(self.reports)
        linked = (Report.case_id == part.id, Report.split_from.is_not(None), new)
        self.reports.append(self.session.scalar(select(Report.id).where(*linked)) or 0)
        known = {number: order for order, number in self.orders[case].items()}
        self.orders[n] = {known[was]: number for number, was in documents.items()}
        for number, was in items.items():
            self.items[n, number] = self.items[case, was]

    # What it says

    def rows(self, what: str, case: int) -> list[Any]:
        """Return what the tables hold of a case: `case`, `items`, `clocks`, `rungs` or
        `documents`.
        """
        query = {
            "case": _CASE,
            "items": _ITEMS,
            "clocks": _CLOCKS,
            "rungs": _RUNGS,
            "documents": _DOCUMENTS,
        }[what]
        self.session.flush()
        return list(self.session.connection().execute(query, {"case": self.cases[case]}))

    def number(self, case_id: int | None) -> int | None:
        """Return which case of the story has this id."""
        return None if case_id is None else self.cases.index(case_id)

    def on(self, case: int, row: Any) -> str:
        """Name what a clock stands on as the model does."""
        if row.case_id:
            own = self.cases.index(row.case_id)
            return "case" if own == case else f"case {own}"
        if row.report_id:
            return self._report(row.report_id)
        if row.order_id:
            return f"order {self.orders[case][row.order_id]}"
        n = self._number(case, row.item_id)
        return f"item {n}" if row.name != "assist" else self._assistance(n, row)

    def _report(self, report_id: int) -> str:
        """Name a report by the case that it opened, or what its sender said later."""
        if report_id in self.reports:
            return f"report {self.reports.index(report_id)}"
        if report_id not in self.later:
            first = self.session.get_one(Report, report_id).follows
            before = select(func.count()).where(Report.follows == first, Report.id <= report_id)
            which = self.session.scalar(before)
            self.later[report_id] = f"later {self.reports.index(first)} {which}"
        return self.later[report_id]

    def _assistance(self, n: int, row: Any) -> str:
        """Name what an assisting unit was asked; known since its promise was first seen."""
        if row.clock not in self.assisting:
            clock = self.session.get_one(Clock, row.clock)
            while clock.follows is not None:
                clock = self.session.get_one(Clock, clock.follows)
            query = select(Assistance.clock_id).where(Assistance.item_id == row.item_id)
            known = list(self.session.scalars(query.order_by(Assistance.id)))
            self.assisting[row.clock] = known.index(clock.id) + 1
        return f"assistance {n} {self.assisting[row.clock]}"

    def _number(self, case: int, item_id: int) -> int:
        return next(n for (of, n), key in self.items.items() if of == case and key == item_id)


def _heard(said: Said) -> Heard:
    if not said.reached:
        return Heard(reached=False)
    return Heard(reached=True, solved=said.satisfied, satisfied=said.satisfied, words="好")
