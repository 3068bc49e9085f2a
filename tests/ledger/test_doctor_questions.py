"""Questions of the doctor that the violations of `test_doctor` leave silent: each names its own."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow import doctor
from caseflow.db import WRITE
from tests.ledger.test_doctor import (
    _AGAIN,
    _ASKED,
    _DONE,
    _ITEM,
    _LATE,
    _LEAVE_OUT,
    _PROPOSE,
    _WENT,
    _WHAT,
    Ward,
    ward,
)

__all__ = ["ward"]

OF_LATE = f"case_id = {_LATE}"
OUR_UNIT = "(SELECT min(unit_id) FROM user_account WHERE unit_id IS NOT NULL)"
ITS_UNIT = f"(SELECT min(verifying_unit_id) FROM item WHERE {OF_LATE})"
A_TIP = f"UPDATE case_file SET kind = 'tip', unit_id = {OUR_UNIT} WHERE number = :late"
DOCUMENTS = f"(SELECT id FROM supervision_order WHERE {_ITEM})"
MOMENT = "(SELECT min(opened_at) FROM case_file)"
GONE = "UPDATE clock SET state = 'stopped' WHERE name ="
_DECIDED = "handler_id, opened_at, 'approved' FROM case_file WHERE number = :late"
DECIDED = _LEAVE_OUT.replace("asked_at)", "asked_at, decided_by, decided_at, outcome)")
REFUSED = (
    "UPDATE withdrawal SET decided_by = asked_by",
    f"{_PROPOSE} SELECT {_DONE}, 'refused', handler_id, opened_at, {_WHAT}",
    f"{DECIDED} SELECT {_LATE}, 'other', '', handler_id, opened_at, {_DECIDED}",
)
MORE = (
    ("7 p", 6, f"UPDATE item SET state = 'verifying' WHERE {OF_LATE}; {GONE} 'verify'; {_AGAIN}"),
    ("7 p", 7, f"UPDATE item SET state = 'rectifying' WHERE {OF_LATE}"),
    ("7 p", 8, f"UPDATE item SET state = 'submitted' WHERE {OF_LATE}"),
    ("vis", 3, f"{_WENT} :late; UPDATE visit SET case_id = {_DONE}"),
    (
        "ass",
        1,
        f"{_ASKED} :late; UPDATE assistance SET unit_id = {OUR_UNIT}; {A_TIP}",
    ),
    ("ass", 2, f"{_ASKED} :late; UPDATE assistance SET unit_id = {ITS_UNIT}"),
    ("doc", 2, f"UPDATE supervision_order SET answered_at = {MOMENT} WHERE {_ITEM}"),
    ("doc", 3, f"UPDATE supervision_order SET case_id = {_DONE} WHERE {_ITEM}"),
    (
        "doc",
        4,
        f"UPDATE clock SET root_case_id = {_DONE} WHERE order_id IN {DOCUMENTS}",
    ),
)
"""Laws by how they begin, the place of a question in it from 0 on, and what it is to name."""


def answered(ward: Ward, begins: str, statement: str) -> set[int]:
    """Return which questions of a law name something in data with a violation in them."""
    [law] = [queries for name, queries in doctor.LAWS.items() if name.startswith(begins)]
    with ward.database.engine.connect().execution_options(**{WRITE: True}) as connection:
        outer = connection.begin()
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            ward._plant(session, statement.split("; ") if statement else [])
            named = {n for n, query in enumerate(law()) if session.scalars(query.limit(1)).all()}
        outer.rollback()
    return named


def test_a_question_names_what_is_planted_for_it(ward: Ward) -> None:
    for begins, n, statement in MORE:
        assert n not in answered(ward, begins, ""), "it is so already"
        assert n in answered(ward, begins, statement), statement


@pytest.mark.parametrize("statement", REFUSED, ids=["withdrawal", "proposal", "exclusion"])
def test_what_one_person_asks_for_and_decides_the_database_refuses(
    ward: Ward, statement: str
) -> None:
    with pytest.raises(IntegrityError, match="another"):
        answered(ward, "4 f", statement)
