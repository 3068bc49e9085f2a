"""What people do with the file of inquiry (责任核实案卷): open one for a proposal, take its steps.

The software keeps the file and decides nothing. Each step is put on record by a person, with its
day and words; what has to wait is refused with the day from which it may be done.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import SHANGHAI, local
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Told
from caseflow.escalation import accountability_gate as gate
from caseflow.escalation import accountability_record, order_gate
from caseflow.escalation.accountability_gate import Standing
from caseflow.escalation.accountability_record import record
from caseflow.escalation.accountability_states import ANSWERS, FILE_OUTCOMES, HEARINGS, OPENED
from caseflow.escalation.accountability_tables import (
    AccountabilityEvidence,
    AccountabilityFile,
    AccountabilityInquirer,
)
from caseflow.ledger.moves.record import gathered, matter_of, may_say, words
from caseflow.ledger.tables import Case
from caseflow.people import names
from caseflow.people.actor import Actor
from caseflow.people.tables import Area, User

INQUIRE = ("inspector", "handler", "supervisor", "reviewer", "leader")
"""Roles of the office whose people are named by account; anybody else is named in words."""

_DAY_MISSING = "请填写日期"
_TO_COME = "日期不能晚于今天"
_TOO_EARLY = "日期不能早于上一步（%(day)s）"
_NOT_YET = "告知后的准备期到 %(day)s，单位书面同意的才能提前"
_STILL_TIME = "单位在 %(day)s 以前还可以陈述申辩"
_TOO_LATE = "期限到 %(day)s 为止，期满不再受理"
_CHOOSE = "请选择一项"
_NOBODY = "请写明由谁核实"
_UNKNOWN = "没有这位工作人员，请从列表中选择"
_KEPT_AWAY = "须回避的工作人员不能参加核实；不是本人请加以区别"
_SAME_NAME = "与本办人员同名：是本人请从列表中选择，不是请加以区别"


_BETWEEN = re.compile("[、，,；;\\n]")


@dataclass(frozen=True)
class Said:
    """What somebody says of a step: the words of the form, as far as the step asks for them.

    `people`: who took part or how it was delivered; `accounts`: colleagues who inquired; `files`:
    blob and name of what comes with it, which lies in the store already.
    """

    day: date | None = None
    text: str = ""
    people: str = ""
    choice: str = ""
    accounts: Sequence[int] = ()
    files: Sequence[tuple[str, str]] = ()


def open_file(session: Session, actor: Actor, order_id: int, now: datetime) -> AccountabilityFile:
    """Open the file of an issued proposal. Raises NotPermitted for any other level than issued it
    and for whoever must keep away, MoveNotAllowed where there is one or it was not issued.
    """
    case, order = order_gate.lock(session, actor, order_id)
    if why := gate.not_opened(actor, case, order, of_order(session, order.id)):
        no = (gate.NO_PERMISSION, gate.ELSEWHERE, gate.RECUSED)
        raise NotPermitted(why) if why in no else MoveNotAllowed(why)
    file = AccountabilityFile(
        order_id=order.id,
        case_id=case.id,
        unit_id=order.late_unit_id,
        area_code=actor.area,
        state="opened",
        opened_by=actor.person,
        opened_at=now,
        head="",
        head_n=0,
    )
    session.add(file)
    session.flush()
    facts = {"order": order.id, "unit": file.unit_id}
    told = accountability_record.Told(_today(now), facts=facts)
    record(session, file, actor, OPENED, told, now)
    return file


def of_order(session: Session, order_id: int) -> AccountabilityFile | None:
    """Return the file of a document, None where there is none."""
    query = select(AccountabilityFile).where(AccountabilityFile.order_id == order_id)
    return session.scalar(query)


def take(
    session: Session,
    actor: Actor,
    file_id: int,
    move: str,
    said: Said,
    now: datetime,
    *,
    seen: int | None = None,
) -> AccountabilityFile:
    """Put the next step of a file on record. `move`: one of `ACCOUNTABILITY_MOVES`.

    Raises BadInput for what is missing or out of time, NotPermitted and MoveNotAllowed as the gate
    does.
    """
    known = gate.lock(session, file_id, seen)
    file, today = known.file, _today(now)
    gate.edge_of(actor, known, move, today)
    asked = ASKED[move]
    told = asked.told(session, known, said, now)
    if asked.inquirers:
        told = replace(told, facts={"accounts": sorted(said.accounts)})
        session.add_all(
            AccountabilityInquirer(file_id=file.id, user_id=one)
            for one in sorted({actor.person, *said.accounts})
        )
    if said.files:
        sums = accountability_record.sums(session, [blob_id for blob_id, _ in said.files])
        told = replace(told, facts={**(told.facts or {}), "files": sums})
    if move == "decision_made":
        file.decided_by, file.outcome = actor.person, told.choice
    gate.pass_file(actor, known, move, today)
    record(session, file, actor, move, told, now)
    for blob_id, name in said.files:
        row = AccountabilityEvidence(file_id=file.id, n=file.head_n, blob_id=blob_id, name=name)
        session.add(row)
    session.flush()
    return file


@dataclass(frozen=True)
class Asked:
    """What a step asks for, as data. `dated`: its own day, else it is of today. `inquirers`: who
    inquired, by account or name. `limit`: the rule of time whose day the file hangs on afterwards.
    """

    dated: bool = True
    inquirers: bool = False
    people: bool = False
    text: bool = True
    choices: tuple[str, ...] = ()
    limit: str = ""
    also: Callable[[Session, Standing, Said, datetime], None] | None = None

    def told(
        self, session: Session, known: Standing, said: Said, now: datetime
    ) -> accountability_record.Told:
        """Return the step as it goes on record. Raises BadInput with everything that is wrong."""
        day = said.day if self.dated else _today(now)
        gathered(
            lambda: _day(known, day, now),
            lambda: self._choice(said),
            lambda: self._people(session, known, said),
            lambda: self._text(said),
            lambda: self.also(session, known, said, now) if self.also else None,
        )
        took_place = _day(known, day, now)
        return accountability_record.Told(
            took_place,
            self._choice(said),
            self._people(session, known, said),
            self._text(said),
            _last_day(session, known.file, self.limit, took_place, now),
        )

    def _choice(self, said: Said) -> str:
        if not self.choices:
            return ""
        if said.choice not in self.choices:
            raise BadInput({"choice": _CHOOSE})
        return said.choice

    def _people(self, session: Session, known: Standing, said: Said) -> str:
        if self.inquirers:
            return _inquirers(session, known.file, said)
        return words(said.people, "people", 2000) if self.people else ""

    def _text(self, said: Said) -> str:
        return (words if self.text else may_say)(said.text, "text", 20_000)


def _heard(_session: Session, known: Standing, said: Said, _now: datetime) -> None:
    """Refuse a hearing before the unit's days are over, but by its own consent; and to say that it
    kept silent while it can still speak.
    """
    until = known.file.until
    if until is None or said.day is None:
        return
    if said.choice == "held" and said.day < until:
        raise BadInput({"day": Told(_NOT_YET, day=until.isoformat())})
    if said.choice == "silent" and said.day <= until:
        raise BadInput({"day": Told(_STILL_TIME, day=until.isoformat())})


def _asked_in_time(_session: Session, known: Standing, said: Said, _now: datetime) -> None:
    """Refuse a review that was asked for after its days."""
    _before(known.file.until, said)


def _appealed_in_time(session: Session, known: Standing, said: Said, now: datetime) -> None:
    """Refuse an appeal after its days: those after the review, or after the decision itself."""
    straight = direct_appeal_until(session, known, now)
    _before(straight or known.file.until, said)


def _before(until: date | None, said: Said) -> None:
    if until is not None and said.day is not None and said.day > until:
        raise BadInput({"day": Told(_TOO_LATE, day=until.isoformat())})


def direct_appeal_until(session: Session, known: Standing, now: datetime) -> date | None:
    """Return the last day on which the unit can appeal without asking for a review first; None
    where it has asked for one, or nothing is to be appealed.
    """
    if known.file.state != "served" or known.file.outcome == "none":
        return None
    return _last_day(session, known.file, "appeal_ask", known.last.day, now)


ASKED: Mapping[str, Asked] = {
    "inquiry_recorded": Asked(inquirers=True),
    "notice_served": Asked(people=True, limit="hearing"),
    "hearing_recorded": Asked(choices=HEARINGS, also=_heard),
    "consultation_recorded": Asked(people=True),
    "decision_made": Asked(choices=FILE_OUTCOMES),
    "decision_served": Asked(people=True, text=False, limit="review_ask"),
    "decision_review_asked": Asked(people=True, limit="review_answer", also=_asked_in_time),
    "decision_review_answered": Asked(choices=ANSWERS, limit="appeal_ask"),
    "decision_appealed": Asked(people=True, limit="appeal_answer", also=_appealed_in_time),
    "decision_appeal_answered": Asked(people=True, choices=ANSWERS),
    "file_closed": Asked(dated=False, text=False),
    "file_discontinued": Asked(dated=False),
}
"""What each step asks for."""


def _today(now: datetime) -> date:
    return local(now).date()


def _day(known: Standing, day: date | None, now: datetime) -> date:
    """Return the day of a step: neither to come, nor before the step that came before it."""
    if day is None:
        raise BadInput({"day": _DAY_MISSING})
    if day > _today(now):
        raise BadInput({"day": _TO_COME})
    if day < known.since:
        raise BadInput({"day": Told(_TOO_EARLY, day=known.since.isoformat())})
    return day


def _last_day(
    session: Session, file: AccountabilityFile, limit: str, day: date, now: datetime
) -> date | None:
    """Return the day on which a limit that was begun on `day` ends, by the rule in force."""
    if not limit:
        return None
    rules = rules_of(session)
    rule = rules.policy(limit, matter_of(session.get_one(Case, file.case_id)), now)
    noon = datetime.combine(day, time(12), SHANGHAI)
    return rules.calendar.due_day(rules.calendar.due(noon, rule.amount, rule.unit))


def limits(
    session: Session, file: AccountabilityFile, names: Sequence[str], now: datetime
) -> dict[str, tuple[int, Unit]]:
    """Return how long the unit has by the rules in force, by the rule's name."""
    matter, rules = matter_of(session.get_one(Case, file.case_id)), rules_of(session)
    found = {name: rules.policy(name, matter, now) for name in names}
    return {name: (rule.amount, Unit(rule.unit)) for name, rule in found.items()}


def _inquirers(session: Session, file: AccountabilityFile, said: Said) -> str:
    """Return the names of who inquired. Raises BadInput where nobody is named, or an account is
    none of the office's, or a name that is written is that of an account: they could decide, or
    have to keep away.
    """
    near = {one.id: one.name for one in colleagues(session, file)}
    if any(one not in near for one in said.accounts):
        raise BadInput({"accounts": _UNKNOWN})
    others = [name.strip() for name in _BETWEEN.split(may_say(said.people, "people", 400))]
    others = [name for name in others if name]
    if not said.accounts and not others:
        raise BadInput({"accounts": _NOBODY})
    known = {one.id: _run_together(one.name) for one in _of_office(session, file, None)}
    typed = {_run_together(name) for name in others}
    if typed & {name for person, name in known.items() if person not in near}:
        raise BadInput({"people": _KEPT_AWAY})
    if typed & set(known.values()):
        raise BadInput({"people": _SAME_NAME})
    return "、".join([*(near[one] for one in sorted(said.accounts)), *others])


def _run_together(name: str) -> str:
    """Return a name as it is compared: some write names of two characters with a space."""
    return "".join(name.split())


def colleagues(session: Session, file: AccountabilityFile) -> Sequence[User]:
    """Return whom the office can name as having inquired: nobody who must keep away from the unit
    that is late, nor from the one that its case is about.
    """
    about = session.get_one(Case, file.case_id).unit_id
    free = {one.id for one in _of_office(session, file, about)}
    return [one for one in _of_office(session, file, file.unit_id) if one.id in free]


def _of_office(session: Session, file: AccountabilityFile, about: int | None) -> Sequence[User]:
    area = session.get_one(Area, file.area_code)
    return names.people_near(session, area, INQUIRE, about)
