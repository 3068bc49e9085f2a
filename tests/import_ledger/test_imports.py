"""A small ledger from its upload to its end: taken over whole, once, and undone whole."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from caseflow import doctor
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.escalation.sweep import sweep
from caseflow.files import blobs
from caseflow.intake.old_ledger.cells import Cell
from caseflow.intake.old_ledger.desk import drop, of, undo
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.import_tables import ImportedRow, LedgerImport
from caseflow.ledger.moves import closing, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Counter
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.tables import Message
from caseflow.vault import identities, originals
from tests.import_ledger import messy
from tests.import_ledger.conftest import Place

FINISHED: list[Cell] = [
    *(1, "A-1", "2025.3.1", "来信", "张三", "13812345678", "城东小学", "食品卫生"),
    *("饭菜有异味", "基教科", "2025.3.31", "已整改", "属实", "3月12日", "已办结", None),
]
UNDER_WAY: list[Cell] = [
    *(2, "A-2", "2026年2月27日", "来电", None, None, "没有这所学校吗", None),
    *("课后服务强制参加", "督导室", None, None, None, None, "办理中", None),
]
NEW: list[Cell] = [
    *(3, "A-3", "2026-02-28 下午3点", "来访", "李四", None, None, None),
    *("作业太多", None, None, None, None, None, "待受理", "孩子的姑姑"),
]
ROWS = [FINISHED, UNDER_WAY, NEW]


def take(place: Place, content: bytes = b"") -> int:
    one = place.begin(content or messy.workbook(ROWS))
    place.settle(one, year=2025)
    place.desk.answer(place.actor, one, {"没有这所学校吗": None}, place.now)
    place.desk.confirm(place.actor, one, place.now)
    return one


def case(session: Session, number: str) -> Case:
    query = select(Case).join(ImportedRow, ImportedRow.case_id == Case.id)
    found = session.scalars(query.where(ImportedRow.number == number).order_by(Case.id.desc()))
    return found.first()  # type: ignore[return-value]


def broken(place: Place) -> list[str]:
    with place.database.read() as session:
        assert verify_chains(session).fits
        examined = doctor.examine(session, place.desk.rooms.store)
        return [one.line for one in examined if one.broken]


def test_a_finished_row_is_closed_as_the_old_ledger_said_and_owes_nothing(place: Place) -> None:
    take(place)
    with place.database.read() as session:
        done = case(session, "A-1")
        assert (done.state, done.channel, done.head_n) == ("closed", "import", 1)
        assert f"{done.closed_at:%Y-%m-%d %H}" == "2025-03-11 16"
        assert done.number.startswith("430503-2025-")
        alive = select(func.count()).where(Clock.root_case_id == done.id)
        assert session.scalar(alive) == 0
        [entry] = session.scalars(select(Entry).where(Entry.case_id == done.id))
        assert (entry.verb, entry.user_id) == ("import", place.actor.id)
        assert '"as":"closed"' in entry.body
        assert "饭菜" not in entry.body
    assert broken(place) == []


def test_open_rows_run_from_the_day_they_came(place: Place) -> None:
    take(place)
    with place.database.read() as session:
        under_way, new = case(session, "A-2"), case(session, "A-3")
        assert (under_way.state, new.state) == ("accepted", "received")
        assert under_way.handler_id == place.office["handler"].id
        clocks = select(Clock.name, Clock.started_at).where(Clock.root_case_id == new.id)
        names = dict(session.execute(clocks).all())  # type: ignore[arg-type]
        assert set(names) == {"resolve", "notice", "reply"}
        assert {f"{at:%Y-%m-%d %H:%M}" for at in names.values()} == {"2026-02-28 07:00"}
        assert new.next_due < place.now + timedelta(days=80)
        clocks = select(Clock.name).where(Clock.root_case_id == under_way.id)
        assert set(session.scalars(clocks)) == {"resolve", "reply"}
    assert broken(place) == []


def test_who_reported_lies_in_the_vault_and_the_row_as_it_was_is_its_original(place: Place) -> None:
    take(place)
    ring, store = place.desk.rooms.ring, place.desk.rooms.store
    with place.database.read() as session:
        [found] = identities.find_by_phone(session, ring, "138 1234 5678")
        report = session.scalars(select(Report).where(Report.identity_id == found)).one()
        raw = b"".join(originals.original_for_machine(session, ring, store, report.original_id))
        assert "张三" in raw.decode()
        assert "13812345678" in raw.decode()
        said = session.get_one(ImportedRow, report.id).said
        assert "张三" not in said
        assert "13812345678" not in said
        assert report.receipt_hash is None


def test_the_same_file_comes_in_once(place: Place) -> None:
    content = messy.workbook(ROWS)  # made once: a workbook says when it was made
    take(place, content=content)
    with pytest.raises(BadInput, match="已经导入过"):
        place.begin(content)


def test_a_ledger_that_grew_brings_only_what_is_new(place: Place) -> None:
    take(place)
    fourth: list[Cell] = [4, "A-4", *NEW[2:]]
    one = place.begin(messy.workbook([*ROWS, fourth]))
    found = place.settle(one, year=2025)
    assert (found["made"], found["repeated"]) == ({"received": 1}, 3)
    place.desk.confirm(place.actor, one, place.now)
    assert place.ask(lambda s: s.scalar(select(func.count()).select_from(Case))) == 4
    assert broken(place) == []


def test_a_known_number_with_other_words_is_told(place: Place) -> None:
    take(place)
    other: list[Cell] = [*FINISHED[:8], "别的内容", *FINISHED[9:]]
    one = place.begin(messy.workbook([other]))
    found = place.settle(one, year=2025)
    assert found["made"] == {}
    assert [line[1] for line in found["first"]] == ["number"]  # type: ignore[attr-defined]
    with pytest.raises(MoveNotAllowed):
        place.desk.confirm(place.actor, one, place.now)


def test_one_wrong_row_keeps_all_out_even_when_it_turns_wrong_after_the_check(place: Place) -> None:
    one = place.begin(messy.workbook(ROWS))
    place.settle(one, year=2025)
    place.desk.answer(place.actor, one, {"没有这所学校吗": None}, place.now)
    place.desk.rooms.database.run(lambda s: s.execute(update(LedgerImport).values(state="running")))
    place.desk.take(one, place.now - timedelta(days=4))  # a day before the newest row came
    assert place.state(one) == "checked"
    counts = (select(func.count()).select_from(table) for table in (Case, Counter, ImportedRow))
    assert [place.ask(lambda s, q=count: s.scalar(q)) for count in counts] == [0, 0, 0]


def test_a_name_is_asked_once_and_its_answer_remembered(place: Place) -> None:
    take(place)
    more: list[Cell] = [9, "A-9", *UNDER_WAY[2:]]
    found = place.settle(place.begin(messy.workbook([more])), year=2025)
    assert found["questions"] == []
    assert found["made"] == {"accepted": 1}


def test_columns_that_were_corrected_are_remembered_for_such_headings(place: Place) -> None:
    one = place.begin(messy.workbook(ROWS))
    guessed = place.ask(lambda s: of(s, place.actor, one).choices)
    columns = ("serial", "number", "received", *[""] * 5, "text", *[""] * 7)
    place.settle(one, columns=columns, year=2025)
    again = place.begin(messy.workbook([NEW]))
    kept = place.ask(lambda s: of(s, place.actor, again).choices)
    assert kept != guessed
    assert '"address"' not in kept
    assert kept.count('""') == 12 + 1  # the columns, and what a result means


def test_a_whole_import_is_undone_on_the_record(place: Place) -> None:
    one = take(place)
    before = place.ask(lambda s: s.execute(select(Case.number).order_by(Case.id)).all())
    place.database.run(lambda s: undo(s, place.actor, one, "选错了文件", place.now))
    with place.database.read() as session:
        assert set(session.scalars(select(Case.state))) == {"void"}
        assert session.execute(select(Case.number).order_by(Case.id)).all() == before
        assert set(session.scalars(select(Clock.state))) == {"stopped"}
        assert session.scalar(select(func.count()).where(Entry.verb == "void")) == 3
    assert broken(place) == []
    again = take(place)
    assert place.state(again) == "done"
    assert broken(place) == []


def test_what_was_handled_since_keeps_the_import(place: Place) -> None:
    one = take(place)
    with place.database.transaction() as session:
        triage.note(session, place.office["handler"], case(session, "A-2").id, "已联系", place.now)
    with pytest.raises(MoveNotAllowed, match="已经办理过"):
        place.database.run(lambda s: undo(s, place.actor, one, "选错了", place.now))


def test_a_rung_that_came_by_itself_does_not_keep_it(place: Place) -> None:
    one = take(place)
    late = place.now + timedelta(days=200)
    with place.database.transaction() as session:
        while sweep(session, late):
            pass
    assert place.ask(lambda s: s.scalar(select(func.count()).where(Entry.verb == "rung")))
    place.database.run(lambda s: undo(s, place.actor, one, "选错了", late))
    assert broken(place) == []


def test_nothing_happens_in_a_void_case(place: Place) -> None:
    one = take(place)
    place.database.run(lambda s: undo(s, place.actor, one, "选错了", place.now))
    with place.database.transaction() as session:
        with pytest.raises(MoveNotAllowed):
            triage.note(session, place.actor, case(session, "A-2").id, "补记", place.now)
        with pytest.raises(MoveNotAllowed):
            closing.reopen(session, place.actor, case(session, "A-1").id, "重办", place.now)


def test_a_case_that_was_closed_before_is_taken_up_like_any_other(place: Place) -> None:
    take(place)
    with place.database.transaction() as session:
        done = case(session, "A-1")
        closing.reopen(session, place.actor, done.id, "家长再次反映", place.now)
        assert (done.state, done.reopened) == ("accepted", 1)
    assert broken(place) == []
    with place.database.transaction() as session:
        session.execute(update(Case).where(Case.reopened == 1).values(state="closed"))
    assert any("a case closes by the rules" in line for line in broken(place))


@pytest.mark.parametrize("who", ["handler", "operator", "auditor", "administrator", "school"])
def test_only_a_supervisor_imports(place: Place, who: str) -> None:
    with pytest.raises(NotPermitted):
        place.desk.begin(place.office[who], "a.xlsx", messy.workbook(ROWS), place.now)


def test_another_office_does_not_see_an_import(place: Place) -> None:
    one = take(place)
    with pytest.raises(NotFound):
        place.ask(lambda s: of(s, place.office["stranger"], one))


def test_a_unit_that_one_must_keep_away_from_is_told(place: Place) -> None:
    place.office.actors["supervisor"] = replace(
        place.actor, recused=frozenset({place.units["城东小学"]})
    )
    one = place.begin(messy.workbook([FINISHED]))
    with place.database.transaction() as session:
        from caseflow.people.tables import Recusal

        unit, me = place.units["城东小学"], place.actor.person
        session.add(Recusal(user_id=me, unit_id=unit, reason="亲属", since=place.now))
    found = place.settle(one, year=2025)
    assert [line[1] for line in found["first"]] == ["unit"]  # type: ignore[attr-defined]


def test_the_report_tells_of_every_row(place: Place) -> None:
    spoilt: list[Cell] = [5, "A-5", "上周三", *NEW[3:]]
    one = place.begin(messy.workbook([*ROWS, spoilt]))
    place.settle(one, year=2025)

    def report(session: Session) -> bytes:
        blob = of(session, place.actor, one).report_blob_id
        return blobs.read(session, place.desk.rooms.store, blob or "")

    page = load_workbook(BytesIO(place.ask(report))).active
    assert page is not None
    lines = [tuple(cell or "" for cell in row) for row in page.iter_rows(values_only=True)]
    assert lines[0] == ("行号", "编号", "结果", "生成的办件", "对应单位", "列", "原因")
    assert lines[1] == ("5", "A-1", "导入", "已办结", "城东小学", "", "")
    assert lines[4] == ("8", "", "有问题", "", "", "来件时间", "看不懂这个日期")


def test_what_is_given_up_forgets_its_file(place: Place) -> None:
    one = place.begin(messy.workbook(ROWS))
    place.settle(one, year=2025)
    place.database.run(lambda s: drop(s, place.actor, one))
    row = place.ask(lambda s: s.get_one(LedgerImport, one))
    assert (row.state, row.blob_id, row.flat_blob_id, row.report_blob_id) == ("dropped",) + (
        None,
    ) * 3


def test_nobody_is_told_of_an_import(place: Place) -> None:
    take(place)
    assert place.ask(lambda s: s.scalar(select(func.count()).select_from(Message))) == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE case_file SET state = 'void' WHERE state = 'closed'",
        "UPDATE imported_row SET live = NOT live",
        "UPDATE ledger_import SET rows = rows + 1",
        "DELETE FROM imported_row WHERE number = 'A-3'",
        "UPDATE case_file SET channel = 'letter' WHERE state = 'closed'",
    ],
)
def test_the_doctor_finds_an_import_that_is_not_whole(place: Place, damage: str) -> None:
    take(place)
    with place.database.transaction() as session:
        session.execute(text(damage))
    assert any(line.startswith("imports are whole: broken") for line in broken(place))


def test_a_sheet_that_has_headings_and_nothing_below_them_says_so(place: Place) -> None:
    one = place.begin("编号,来件时间,反映内容\n,,\n".encode(), "台账.csv")
    place.settle(one)
    kept = place.ask(lambda s: s.get_one(LedgerImport, one))
    assert kept.state == "open"
    assert "一行内容也没有" in kept.fault


def test_text_as_old_programs_write_it_is_taken_over(place: Place) -> None:
    lines = "编号,来件时间,反映内容,状态\r\nB-1,2025.3.1,“𠮷林”小学的饭菜,已办结\r\n"
    place.take(lines.encode("gb18030"))
    kept = place.ask(lambda s: s.scalars(select(Report.text)).all())
    assert kept == ["“𠮷林”小学的饭菜"]
