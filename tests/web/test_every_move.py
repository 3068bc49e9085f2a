"""Every move of a person has a form to be sent to: none is for the command line alone."""

from caseflow.ledger.states import CASE_EDGES, ITEM_EDGES, SYSTEM
from tests.web.test_routes import RULES

ON_PAGES_OF_THEIR_OWN = {
    "answer_assistance": "/unit/assistance/<int:assistance_id>/answer",
    "hand_over": "/console/people/<int:user_id>/handing",
    "import": "/console/imports/<int:import_id>/confirm",
    "void": "/console/imports/<int:import_id>/undo",
    "take_in": "/console/cases/<number>/merge",
    "give_back": "/console/cases/<number>/unmerge",
}
"""Moves of many cases, or of two at once, by where they go."""


def test_every_move_of_a_person_can_be_sent_from_a_page() -> None:
    posted = [rule.rule for rule in RULES if "POST" in (rule.methods or ())]
    rooms = [rule for rule in posted if rule.startswith(("/console/", "/unit/"))]
    names = {rule.rpartition("/")[2] for rule in rooms}
    moves = {edge.move for edge in (*CASE_EDGES, *ITEM_EDGES) if edge.who != SYSTEM}
    assert moves - names == ON_PAGES_OF_THEIR_OWN.keys()
    assert set(ON_PAGES_OF_THEIR_OWN.values()) <= set(rooms)
