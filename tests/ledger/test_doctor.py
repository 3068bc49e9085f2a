"""What the doctor finds: nothing in sound data, and each violation that is planted (design §4)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from caseflow import doctor
from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.db import WRITE, Database
from caseflow.escalation.sweep import sweep
from caseflow.files import blobs
from caseflow.ledger.moves import check, closing, items, triage, withdrawing, work
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.work import Result
from tests import office as offices
from tests.office import DISTRICT
from tests.pure.rings import fresh_key

DAY = timedelta(days=1)
PLEASED = Heard(reached=True, solved=True, satisfied=True, words="好")


class Ward:
    """An office with a case that is closed, and one whose unit lets its time run out."""

    def __init__(self, database: Database, folder: Path, now: datetime) -> None:
        self.database = database
        self.store = LocalStore(folder / "files", KeyRing([fresh_key()]))
        with database.transaction() as session:
            office = offices.make(session)
            me, school = office["handler"], office["school"]
            done, report = offices.report(session, now, reach="phone")
            late, _ = offices.report(session, now, reach="phone")
            self.done, self.late = done.number, late.number
            for case in (done, late):
                triage.accept(session, me, case.id, now)
            first, second = items.split(session, me, done.id, ["饭菜", "重复"], now)
            [third] = items.split(session, me, late.id, ["收费"], now)
            for item in (first, second, third):
                order = Dispatch(office.units["school"], "请核查")
                items.dispatch(session, me, item.id, order, now)
            blob = blobs.keep(session, self.store, b"picture", now)
            self.blob = blob.id
            work.sign_for(session, school, first.id, now)
            work.hand_in(session, school, first.id, blob.id, "图", now)
            work.find(session, school, first.id, Result("unsubstantiated", "依据"), now)
            check.strike_off(session, office["reviewer"], first.id, "", now)
            withdrawing.withdraw(session, me, second.id, "重复", now)
            withdrawing.consent_withdrawal(session, office["leader"], second.id, "", now)
            closing.reply(session, me, done.id, report.id, "答复", "telephone", now)
            closing.call_back(session, office["operator"], done.id, PLEASED, now)
            self.hand = school.person
        with database.transaction() as session:
            while sweep(session, now + 20 * DAY):
                pass

    def findings(self, *planted: str) -> dict[str, doctor.Finding]:
        """Examine the data with what is planted in it, which is gone again afterwards."""
        with self.database.engine.connect().execution_options(**{WRITE: True}) as connection:
            outer = connection.begin()
            with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
                self._plant(session, planted)
                found = {one.law: one for one in doctor.examine(session, self.store)}
            outer.rollback()
        return found

    def _plant(self, session: Session, statements: Sequence[str]) -> None:
        """Change rows as somebody would who owns the database: past triggers and indexes."""
        sqlite = self.database.engine.dialect.name == "sqlite"
        known = {"done": self.done, "late": self.late, "hand": self.hand}
        for trigger, table in (
            ("item_four_eyes", "item"),
            ("entry_no_delete", "entry"),
            ("item_actor_no_delete", "item_actor"),
        ):
            on = "" if sqlite else f" ON {table}"
            session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}{on}"))
        for index in ("uq_report_channel_key", "uq_rung_clock_id_n"):
            session.execute(text(f"DROP INDEX IF EXISTS {index}"))
        for statement in statements:
            said = {name: one for name, one in known.items() if f":{name}" in statement}
            session.execute(text(statement), said)


@pytest.fixture
def ward(database: Database, tmp_path: Path, now: datetime) -> Iterator[Ward]:
    return Ward(database, tmp_path, now)  # type: ignore[return-value]


def test_sound_data_has_nothing(ward: Ward) -> None:
    found = ward.findings()
    assert [one.line for one in found.values() if one.broken] == []
    assert set(found) == {"1 nothing is lost", *doctor.LAWS, doctor.ON_RECORD}


_DONE = "(SELECT id FROM case_file WHERE number = :done)"
_LATE = "(SELECT id FROM case_file WHERE number = :late)"
_PROPOSE = (
    "INSERT INTO proposal (case_id, outcome, decided_by, decided_at,"
    " move, code, authority, grounds, asked_by, asked_at)"
)
_LEAVE_OUT = "INSERT INTO exclusion (case_id, code, grounds, asked_by, asked_at)"
_BRING_UP = """INSERT INTO oversight (case_id, cause, times, at, said)
    SELECT id, 'returns', 3, opened_at, ''"""
_LONG_AGO = "UPDATE oversight SET at = (SELECT min(effective_from) FROM policy)"
_WHY = "'other', '', handler_id, opened_at FROM case_file WHERE number = :late"
_WHAT = "'decline', 'other', '', '', handler_id, opened_at FROM case_file WHERE number = :done"
_LAST_RUNG = "(SELECT max(id) FROM rung)"


_NEXT_DOOR = "area_code = '430502', county = '430502'"
_UNURGED = """INSERT INTO passage (case_id, from_area, to_area, reason, grounds, designated,
    passed_by, passed_at, answer) SELECT case_file.id, area_code, '430500', 'level', '-', false,
    user_id, opened_at, ''"""
_AGAIN = """UPDATE case_file SET next_due = (
    SELECT min(due) FROM clock WHERE root_case_id = case_file.id AND state = 'running')
    WHERE number = :late"""
_ITEM = f"item_id IN (SELECT id FROM item WHERE case_id = {_LATE})"
_REPORT = f"report_id IN (SELECT id FROM report WHERE case_id = {_LATE})"
_FOLLOWS = "follows = (SELECT min(id) FROM report)"
_RANG = """INSERT INTO phone_call (provider, provider_id, area_code, began_at, recorded, outcome,
    heard_at, settled, settled_at, head_id) SELECT 'x', number, '430503', opened_at, TRUE,
    'voicemail', opened_at,"""
_RANG_AGAIN = """INSERT INTO phone_call (provider, provider_id, area_code, began_at, recorded,
    outcome, heard_at, head_id) SELECT 'y', provider_id, area_code, began_at, TRUE, outcome,
    heard_at, id FROM phone_call"""
_HAND = "UPDATE item SET struck_off_by = :hand WHERE state = 'struck_off'"
_ANOTHER = "UPDATE finding SET user_id = (SELECT min(id) FROM user_account)"
_SAME = "editors = ',2,1,', issued_by = 1"
_ABOVE = "state = 'accepted', issued_level = 'city'"
_HANDLER = "(SELECT handler_id FROM case_file WHERE number = :late)"


_DEMANDED = "INSERT INTO visit_demand (category, since) SELECT 'food', opened_at FROM case_file"
_WENT = """INSERT INTO visit (case_id, item_id, at, place, seen, recorded_by, recorded_at)
    SELECT case_file.id, item.id, opened_at, '-', '-', COALESCE(struck_off_by, handler_id),
    opened_at FROM case_file JOIN item ON item.case_id = case_file.id
    WHERE item.n = 1 AND number ="""
_TWO = "INSERT INTO visitor (visit_id, n, name) SELECT visit.id, n, n FROM visit, item"


_ASKED = """INSERT INTO assistance
    (item_id, unit_id, clock_id, text, asked_by, asked_at, answer, reason)
    SELECT item.id, (SELECT max(id) FROM unit), (SELECT min(id) FROM clock), '-', handler_id,
    opened_at, '', '' FROM case_file JOIN item ON item.case_id = case_file.id
    WHERE item.n = 1 AND number ="""


VIOLATIONS = (
    ("1 n", f"UPDATE report SET case_id = {_DONE}, {_FOLLOWS} WHERE seq = 2", "late"),
    ("2 n", "UPDATE report SET channel_key = 'same'", ""),
    ("3 o", "UPDATE case_file SET head_n = head_n + 1 WHERE number = :late", "late"),
    ("3 o", f"DELETE FROM event WHERE case_id = {_DONE} AND name = 'close'", "done"),
    ("3 o", f"DELETE FROM entry WHERE case_id = {_DONE} AND verb = 'close'", "done"),
    ("what c", f"{_BRING_UP} FROM case_file WHERE number = :late", "late"),
    ("4 f", _HAND, "done"),
    ("4 f", f"DELETE FROM item_actor; DELETE FROM evidence; {_HAND}", "done"),
    ("4 f", f"DELETE FROM item_actor; {_ANOTHER}; {_HAND}", "done"),
    ("4 f", "DELETE FROM finding", "done"),
    ("4 f", "UPDATE withdrawal SET outcome = 'lapsed', decided_by = NULL", "done"),
    ("4 f", f"{_PROPOSE} SELECT {_DONE}, NULL, NULL, NULL, {_WHAT}", "done"),
    ("what c", f"{_BRING_UP} FROM case_file WHERE number = :done; {_LONG_AGO}", "done"),
    ("what c", f"UPDATE clock SET name = 'oversee' WHERE case_id = {_LATE}", "late"),
    ("4 f", f"{_LEAVE_OUT} SELECT {_LATE}, {_WHY}", "late"),
    ("documents", f"UPDATE supervision_order SET state = 'issued' WHERE {_ITEM}", "late"),
    ("documents", f"UPDATE supervision_order SET {_SAME} WHERE {_ITEM}", "late"),
    ("documents", f"UPDATE item SET reserved_for = 'city' WHERE case_id = {_LATE}", "late"),
    ("documents", f"UPDATE supervision_order SET {_ABOVE} WHERE {_ITEM}", "late"),
    ("5 a", "UPDATE case_file SET state = 'replying' WHERE number = :late", "late"),
    ("5 a", f"UPDATE reply SET delivered_at = NULL WHERE case_id = {_DONE}", "done"),
    ("5 a", f"UPDATE reply SET round = 7 WHERE case_id = {_DONE}", "done"),
    ("5 a", f"DELETE FROM call_back WHERE case_id = {_DONE}", "done"),
    ("5 a", "UPDATE case_file SET state = 'merged' WHERE number = :late", "late"),
    ("5 a", "UPDATE case_file SET state = 'answered' WHERE number = :late", "late"),
    ("5 a", f"UPDATE item SET case_id = {_LATE}, n = n + 9 WHERE case_id = {_DONE}", "done"),
    ("6 e", "DELETE FROM rung", "late"),
    ("6 e", "DELETE FROM rung WHERE n = 2", "late"),
    ("6 e", f"UPDATE rung SET n = n - 1 WHERE id = {_LAST_RUNG}", "late"),
    ("6 e", "UPDATE clock SET last_rung = 1 WHERE last_rung > 2", "late"),
    ("7 p", "UPDATE case_file SET next_due = opened_at WHERE number = :late", "late"),
    ("7 p", "UPDATE case_file SET withdrawn = FALSE WHERE number = :done", "done"),
    ("7 p", f"UPDATE clock SET state = 'stopped' WHERE case_id = {_LATE}", "late"),
    ("7 p", f"UPDATE clock SET state = 'running' WHERE case_id = {_DONE}", "done"),
    ("7 p", f"UPDATE clock SET state = 'stopped' WHERE {_ITEM}; {_AGAIN}", "late"),
    ("7 p", f"UPDATE clock SET state = 'stopped' WHERE {_REPORT}; {_AGAIN}", "late"),
    ("7 p", f"UPDATE clock SET root_case_id = {_DONE} WHERE {_ITEM}; {_AGAIN}", "late"),
    ("7 p", f"UPDATE clock SET root_case_id = {_DONE} WHERE {_REPORT}; {_AGAIN}", "late"),
    ("7 p", "UPDATE clock SET state = 'paused' WHERE name = 'check' AND state = 'met'", "done"),
    ("11 ", "UPDATE case_file SET county = NULL WHERE number = :late", "late"),
    ("a c", "UPDATE case_file SET bound_for = '430500' WHERE number = :late", "late"),
    ("a c", f"UPDATE case_file SET {_NEXT_DOOR} WHERE number = :late", "late"),
    ("a c", f"{_UNURGED} FROM case_file, item_actor WHERE number = :late LIMIT 1", "late"),
    ("vis", f"UPDATE case_file SET category = 'food'; {_DEMANDED} WHERE number = :done", "done"),
    ("vis", f"{_WENT} :late", "late"),
    ("ass", f"{_ASKED} :late", "late"),
    ("ass", f"{_ASKED} :done", "done"),
    ("vis", f"{_WENT} :done; {_TWO} WHERE item.case_id = visit.case_id", "done"),
    ("a u", "UPDATE signature SET outcome = NULL, decided_at = NULL", "done"),
    ("a u", "UPDATE signature SET move = 'submit'", "done"),
    ("who", f"{_RANG} NULL, NULL, NULL FROM case_file", ""),
    ("who", f"{_RANG} 'logged', opened_at, NULL FROM case_file; {_RANG_AGAIN}", ""),
    ("not", f"UPDATE user_account SET active = FALSE WHERE id = {_HANDLER}", "late"),
    ("not", f"UPDATE user_account SET role = 'inspector' WHERE id = {_HANDLER}", "late"),
    ("not", f"UPDATE user_account SET area_code = '430502' WHERE id = {_HANDLER}", "late"),
    ("num", "UPDATE report SET seq = 9 WHERE seq = 2", ""),
    ("num", "DELETE FROM counter", ""),
    ("num", "UPDATE report SET area_code = (SELECT min(code) FROM area)", ""),
)


def test_each_violation_is_named(ward: Ward) -> None:
    """By its law; the numbers by their place, everything else by the case."""
    for law, statement, named in VIOLATIONS:
        found = ward.findings(*statement.split("; "))
        [broken] = [one for name, one in found.items() if name.startswith(law)]
        whom = getattr(ward, named) if named else DISTRICT
        assert any(whom in one for one in broken.broken), statement
    assert not any(one.broken for one in ward.findings().values())


def test_a_promise_that_runs_twice_is_named(ward: Ward) -> None:
    columns = "case_id, item_id, order_id, quarantine_id, report_id, root_case_id, name, policy_id,"
    columns += " unit, ladder, ladder_version, started_at, due, provisional, state, last_rung"
    twice = f"INSERT INTO clock ({columns}) SELECT {columns} FROM clock WHERE name = 'resolve'"
    found = ward.findings(f"{twice} AND case_id = {_LATE}")
    assert found["7 promises"].broken == (ward.late,)


def test_a_file_that_is_gone_is_named(ward: Ward, now: datetime) -> None:
    ward.store.forget(ward.blob, now + 400 * DAY)
    assert ward.findings()["1 nothing is lost"].broken == (ward.blob,)


def test_a_handler_who_must_keep_away_is_named(ward: Ward) -> None:
    about = "UPDATE case_file SET unit_id = (SELECT min(id) FROM unit) WHERE number = :late"
    keeps = "INSERT INTO recusal (user_id, unit_id, reason, since)"
    keeps += " SELECT handler_id, unit_id, '亲属', opened_at FROM case_file WHERE number = :late"
    assert ward.findings(about)["nothing without an owner"].broken == ()
    assert ward.findings(about, keeps)["nothing without an owner"].broken == (ward.late,)
