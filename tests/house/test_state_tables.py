"""The printed state tables are the ones the gate reads."""

from tests.house.state_tables import PAGE, page


def test_the_printed_tables_are_the_ones_in_force() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make catalogues"
