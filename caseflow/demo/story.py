"""A story of the demo office: one case and the real moves it goes through, in few words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.rules import rules_of
from caseflow.demo.matters import Matter
from caseflow.demo.places import CITY
from caseflow.demo.timeline import Days
from caseflow.intake.receive import Received, receive
from caseflow.intake.report import Contact, HandedDown, IncomingFile, IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger import extensions, signatures, visits
from caseflow.ledger.extensions import Room
from caseflow.ledger.moves import (
    check,
    closing,
    extending,
    items,
    merging,
    notice,
    objecting,
    passing,
    proposing,
    shelving,
    signing,
    transferring,
    triage,
    visiting,
    withdrawing,
    work,
)
from caseflow.ledger.moves.transferring import Transfer
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.moves.visiting import Seen
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import TO_RECTIFY
from caseflow.ledger.tables import Case, Item
from caseflow.people.accounts import actor_of
from caseflow.people.actor import REPORTER, Actor

# Who acts for a unit, where it is not the account that has the unit's key.
_ACTS_FOR = {"zhangye": "unit", "sprout": "sprout_head"}

_SIGNER = "赵校长"
"""Signs where nobody of a unit has an account and the post."""
BY_HAND = ("telephone", "window", "letter", "handed_down")


@dataclass
class Stage:
    """What all stories share: session, rooms, units by key, people by account, pictures."""

    session: Session
    rooms: Rooms
    days: Days
    units: Mapping[str, int]
    people: Mapping[str, Actor]
    blobs: Sequence[str] = ()


@dataclass
class Story:
    """One case on the stage. `at` is the moment the story has come to."""

    stage: Stage
    matter: Matter
    at: datetime
    case_id: int = 0
    report_id: int = 0
    number: str = ""
    items: list[int] = field(default_factory=list)
    shown: int = 0

    def __getitem__(self, account: str) -> Actor:
        """Return the person behind an account or the people of a unit."""
        return self.stage.people[account]

    @property
    def session(self) -> Session:
        """The one session of the demo."""
        return self.stage.session

    @property
    def handler(self) -> str:
        """The account that handles the case: two share the work."""
        return "handler2" if len(self.matter.text) % 3 == 0 else "handler"

    # Time

    def after(self, *, minutes: int = 0, hours: int = 0) -> datetime:
        """Move on by so much and return the moment."""
        self.at += timedelta(minutes=minutes, hours=hours)
        return self.at

    def next_day(self, hour: str, days: int = 1) -> datetime:
        """Move on to `hour` of the n-th working day from here and return the moment."""
        self.at = self.stage.days.later(self.at, days, hour)
        return self.at

    # Coming in

    def comes_in(self) -> None:
        """The report arrives by its door."""
        said = self.matter
        received = self._receive(said.text, said.urgent)
        self.number = received.report_number
        self.report_id, self.case_id = self.session.execute(
            select(Report.id, Report.case_id).where(Report.number == self.number)
        ).one()

    def adds(self, text: str, urgent: bool = False) -> None:
        """The reporter adds something to the case."""
        self._receive(text, urgent, belongs_to=self.number)

    def _receive(self, text: str, urgent: bool, belongs_to: str | None = None) -> Received:
        said = self.matter
        channel = "webform" if belongs_to else said.channel
        name, phone, email = said.who
        by_hand = channel in BY_HAND
        handed = HandedDown(said.sender, said.number, report_back=True, instructed=said.instructed)
        incoming = IncomingReport(
            channel=channel,
            channel_key=f"demo-{said.key}{'-more' if belongs_to else ''}",
            received_at=self.at,
            kind=said.kind,
            text=text,
            subject=said.subject,
            original=f"{said.subject}\n\n{text}\n".encode(),
            category=said.category or None,
            area_code=self.stage.rooms.area,
            unit_id=self.stage.units[said.unit] if said.unit else None,
            place=said.place,
            happened=said.happened,
            contact=Contact(name, phone, email),
            disclosure=said.disclosure,
            call_back=said.call_back,
            urgent=urgent,
            files=tuple(self._file(n) for n in range(0 if belongs_to else said.files)),
            logged_by=self["operator"].id if by_hand else None,
            handed_down=handed if channel == "handed_down" else None,
            belongs_to=belongs_to,
        )
        actor = self["operator"] if by_hand else REPORTER
        return receive(self.session, incoming, self.at, self.stage.rooms, actor)

    def _file(self, n: int) -> IncomingFile:
        return IncomingFile(f"现场照片{n + 1}.png", "image/png", blob_id=self._picture())

    def _picture(self) -> str:
        self.shown += 1
        return self.stage.blobs[(self.report_id + self.shown) % len(self.stage.blobs)]

    # The office

    def accept(self) -> None:
        """The shift accepts the case for the office's handler, or the other one takes it."""
        by = self[self.handler if self.handler == "handler2" else "operator"]
        triage.accept(self.session, by, self.case_id, self.at)

    def tell(self) -> None:
        """The reporter learns what was decided, in the way there is to them."""
        _, phone, email = self.matter.who
        if email:
            notice.told(self.session, self.report_id, self.at)
        elif phone:
            notice.tell(self.session, self["operator"], self.case_id, self.report_id, self.at)

    def split(self) -> None:
        """The handler makes the problem items."""
        texts = [task.matter for task in self.matter.tasks]
        found = items.split(self.session, self[self.handler], self.case_id, texts, self.at)
        self.items += [item.id for item in found]

    def dispatch(self, n: int, by: str = "") -> None:
        """Send out the n-th item of the matter."""
        task = self.matter.tasks[n % len(self.matter.tasks)]
        inspector = self[task.inspector].id if task.inspector else None
        order = items.Dispatch(self.stage.units[task.to], task.text, inspector)
        items.dispatch(self.session, self[by or self.handler], self.items[n], order, self.at)

    def asks_for_more(self, grounds: str) -> None:
        """The handler asks for as much time for the case as there can be."""
        extending.extend_case(
            self.session, self[self.handler], self.case_id, self._room(None).last, grounds, self.at
        )

    def gets_more(self) -> None:
        """The leader gives the case the time that was asked for, and the reporter is told."""
        extending.grant_case(self.session, self["leader"], self.case_id, "同意", self.at)
        self.tell()

    def needs_more(self, n: int, grounds: str) -> None:
        """Whoever verifies the n-th item asks for as much time as its case leaves."""
        last = self._room(self.item(n)).last
        extending.extend(self.session, self.holder(n), self.items[n], last, grounds, self.at)

    def grants(self, n: int) -> None:
        """The supervisor gives the n-th item the time that was asked for."""
        extending.grant(self.session, self["supervisor"], self.items[n], "", self.at)

    def asks_to_shelve(self, grounds: str, plan: str) -> None:
        """The handler asks for the case to be shelved, with two milestones."""
        today = local(self.at).date()
        wanted = [
            ("预算批复", today + timedelta(days=60)),
            ("资源教室建成，现场查看", today + timedelta(days=150)),
        ]
        told = "学校要先建好资源教室，已列入暑期改造项目。"
        me, n = self[self.handler], self.case_id
        shelving.ask_shelving(self.session, me, n, grounds, plan, told, wanted, self.at)

    def is_shelved(self) -> None:
        """The leader has it shelved."""
        shelving.shelve(self.session, self["leader"], self.case_id, "同意，按节点督促。", self.at)

    def merges(self, key: str) -> None:
        """The handler merges the case into that of another matter."""
        query = select(Report.number).where(Report.channel_key == f"demo-{key}")
        number, reason = self.session.scalars(query).one(), "同一所学校同一条跑道，正在核查。"
        merging.merge(self.session, self[self.handler], self.case_id, number, reason, self.at)

    def passes_on(self, reason: str, grounds: str) -> None:
        """The office passes the case on to the one above."""
        boss = self["supervisor"]
        passing.pass_on(self.session, boss, self.case_id, CITY, reason, grounds, self.at)

    def is_received(self) -> None:
        """The office above signs for it."""
        passing.receive(self.session, self["city"], self.case_id, self.at)

    def proposes_to_refer(self, authority: str, reason: str) -> None:
        """The handler proposes to refer the case."""
        because, me = Because("authority", reason, authority), self[self.handler]
        proposing.propose(self.session, me, self.case_id, "refer", because, self.at)

    def asks_to_withdraw(self, n: int, why: str) -> None:
        """The handler asks that the n-th item be withdrawn."""
        withdrawing.withdraw(self.session, self[self.handler], self.items[n], why, self.at)

    def consents(self, n: int) -> None:
        """The supervisor withdraws the n-th item."""
        boss = self["supervisor"]
        withdrawing.consent_withdrawal(self.session, boss, self.items[n], "", self.at)

    def transfers(self, n: int, authority: str, reason: str) -> None:
        """The supervisor hands the n-th item over to a statutory procedure."""
        given = Transfer(authority, reason)
        transferring.statutory(self.session, self["supervisor"], self.items[n], given, self.at)

    def hears_of(self, n: int, text: str, number: str) -> None:
        """The handler puts on record what the procedure came to."""
        transferring.statutory_outcome(
            self.session, self[self.handler], self.items[n], text, self.at, number=number
        )

    def _room(self, item: Item | None) -> Room:
        alive = clocks.alive(self.session, Subject(root_case_id=self.case_id))
        known = extensions.asked(self.session, self.case_id)
        return extensions.room(rules_of(self.session), alive, known, item, self.at)

    def reply(self, way: str = "", proof: str = "") -> int:
        """Reply to the reporter, by the way they left; return the id of the reply."""
        _, phone, email = self.matter.who
        way = way or ("message" if email else "telephone" if phone else "track")
        said = closing.reply(
            self.session,
            self[self.handler],
            self.case_id,
            self.report_id,
            self.matter.reply,
            way,
            self.at,
            proof=proof,
        )
        return said.id

    # Whoever holds the item

    def holder(self, n: int, rectifies: bool = False) -> Actor:
        """Return who acts for the unit (or the inspector) that has the n-th item."""
        task = self.matter.tasks[n % len(self.matter.tasks)]
        if task.inspector and not rectifies:
            return self[task.inspector]
        unit = task.rectified_by if rectifies and task.rectified_by else task.to
        return self[_ACTS_FOR.get(unit, unit)]

    def sign(self, n: int, rectifies: bool = False) -> None:
        """Sign for the n-th item."""
        work.sign_for(self.session, self.holder(n, rectifies), self.items[n], self.at)

    def object_to(self, n: int) -> None:
        """The unit says that the n-th item is not for it."""
        why = self.matter.tasks[n % len(self.matter.tasks)].objection
        objecting.object_to(self.session, self.holder(n), self.items[n], why, self.at)

    def hand_in(self, n: int, rectifies: bool = False) -> None:
        """Hand in a picture for the n-th item."""
        work.hand_in(
            self.session,
            self.holder(n, rectifies),
            self.items[n],
            self._picture(),
            f"照片{self.shown}.png",
            self.at,
            note="整改后现场" if rectifies else "核查现场",
        )

    def find(self, n: int) -> bool:
        """Record the finding of the n-th item and tell whether something is to be put right."""
        task = self.matter.tasks[n % len(self.matter.tasks)]
        rectifies = task.result in TO_RECTIFY
        unit = task.rectified_by or task.to
        result = Result(
            task.result,
            task.basis,
            self.stage.units[unit] if rectifies else None,
            task.rectify if rectifies else "",
        )
        me, item = self.holder(n), self.items[n]
        work.find(self.session, me, item, result, self.at, signer=_SIGNER)
        self.sign_off(n)
        return rectifies

    def submit(self, n: int, signs: bool = True) -> None:
        """Submit what was put right; the unit's head signs it."""
        done, me = self.matter.tasks[n % len(self.matter.tasks)].done, self.holder(n, True)
        work.submit(self.session, me, self.items[n], done, self.at, signer=_SIGNER)
        if signs:
            self.sign_off(n)

    def sign_off(self, n: int) -> None:
        """The head of the unit signs what a colleague wrote of the n-th item, if anything waits."""
        row = signatures.waiting(self.session, self.item(n))
        if row is not None:
            head = signatures.responsible(self.session, row.unit_id, self.at)[0]
            signing.sign_off(self.session, actor_of(self.session, head), self.items[n], self.at)

    def visits(self) -> None:
        """Where the category demands it, an inspector and the handler see what was put right."""
        me, pictures = self[self.handler], ((self._picture(), "实地核查.png"),)
        people, place = (self["inspector"].person, me.person), self.matter.place or "现场"
        told = "到场查看，情况与报送材料一致，已拍照留存。"
        went = Seen(self.at - timedelta(minutes=15), place, told, people, (), pictures)
        waits = [self.session.get_one(Item, n) for n in self.items]
        for n in sorted(visits.lacking(self.session, self.case(), waits)):
            if self.session.get_one(Item, n).state == "submitted":
                visiting.visit(self.session, me, n, went, self.at)

    def strike_off(self, n: int, by: str = "reviewer") -> None:
        """The reviewer strikes the n-th item off."""
        check.strike_off(self.session, self[by], self.items[n], "材料齐全，同意销号", self.at)

    def item(self, n: int) -> Item:
        """Return the n-th item as it stands."""
        return self.session.get_one(Item, self.items[n])

    def case(self) -> Case:
        """Return the case as it stands."""
        return self.session.get_one(Case, self.case_id)
