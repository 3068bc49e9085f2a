"""An office that goes back keeps the cases of its imports; void ones were not taken up."""

import re
from pathlib import Path

from sqlalchemy import inspect, text

from caseflow.intake.old_ledger.desk import undo
from caseflow.ledger.import_tables import ImportedRow
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import MIGRATIONS, downgrade, upgrade
from tests.import_ledger.conftest import Place, place
from tests.import_ledger.test_imports import take

__all__ = ["place"]
FILE = MIGRATIONS / "versions" / "0064_the_old_ledger.py"


def test_cases_of_imports_stay_and_void_ones_count_as_not_taken_up(place: Place) -> None:
    one = take(place)
    place.database.run(lambda s: undo(s, place.actor, one, "选错了", place.now))
    [before] = re.findall(r'^down_revision = "(.*)"', Path(FILE).read_text(), re.MULTILINE)
    downgrade(place.database.engine, before)
    assert ImportedRow.__tablename__ not in inspect(place.database.engine).get_table_names()
    with place.database.read() as session:
        assert set(session.scalars(text("SELECT state FROM case_file"))) == {"declined"}
    upgrade(place.database.engine)
    with place.database.read() as session:
        assert verify_chains(session).fits
