"""Who is there in the model's office, and who may what there (design §3 "Who may").

Role, area and unit decide; whoever must keep away from a unit sees nothing of what is about it.
"""

from typing import NamedTuple

DISTRICT, OTHER, CITY, PROVINCE = "district", "other", "city", "province"
ABOVE = {
    DISTRICT: (CITY, PROVINCE),
    OTHER: (CITY, PROVINCE),
    CITY: (PROVINCE,),
    PROVINCE: (),
}
SCHOOL, BRANCH, ACADEMY, SECTION = "school", "branch", "academy", "section"
UNITS = (SCHOOL, BRANCH, ACADEMY, SECTION)
MANAGED_BY = {BRANCH: SCHOOL}
OF_THE_OFFICE = (SECTION,)  # a section of the office: its people record findings


class Person(NamedTuple):
    """Somebody. `away`: the unit that they must keep away from."""

    name: str
    role: str
    area: str = DISTRICT
    unit: str = ""
    away: str = ""


PEOPLE = {
    person.name: person
    for person in (
        Person("operator", "operator"),
        Person("handler", "handler"),
        Person("brother", "handler", away=SCHOOL),
        Person("inspector", "inspector"),
        Person("reviewer", "reviewer"),
        Person("supervisor", "supervisor"),
        Person("leader", "leader"),
        Person("auditor", "auditor"),
        Person("city", "supervisor", CITY),
        Person("province", "supervisor", PROVINCE),
        Person("stranger", "supervisor", OTHER),
        Person("school", "unit", unit=SCHOOL),
        Person("clerk", "unit", unit=SCHOOL),
        Person("branch", "unit", unit=BRANCH),
        Person("academy", "unit", unit=ACADEMY),
        Person("colleague", "inspector"),
    )
}
# Who came to the office after the older stories were told.
CAME_LATER = ("colleague",)

# Who signs for a unit; for the academy whoever answers says who did.
HEAD = {SCHOOL: "school", BRANCH: "branch"}

# Roles by initial: operator, handler, inspector, unit, reviewer, supervisor, leader.
_INITIALS = {
    "o": "operator",
    "h": "handler",
    "i": "inspector",
    "u": "unit",
    "r": "reviewer",
    "s": "supervisor",
    "l": "leader",
}
_WHO = {
    "ohs": "answer accept raise_urgency dispatch call_back close tell supplement retract",
    "ohs ": "ask_review",
    "ohsl": "acknowledge",
    "oh": "propose_decline propose_refer",
    "s": "decline refer reopen explain assign reassign reject_objection dispatch_anew grant refuse"
    " statutory pass_on take_back opine decline_ended approve refuse_proposal ask_step_up"
    " hand_over",
    "sl": "countersign grant_case refuse_case designate consent_withdrawal refuse_withdrawal"
    " conclude_withdrawn issue cancel oversee exclude refuse_exclusion lift_exclusion",
    "hs": "split edit ask conclude reply extend_case withdraw statutory_outcome name_unit resume"
    " merge take_in unmerge give_back split_off ask_shelving meet_milestone ask_milestone"
    " ask_exclusion answer_later ask_assistance release_assistance share_assistance"
    " record_assistance mediate",
    "hs ": "draft_report_back send_report_back sign_report_back refuse_report_back receive"
    " send_back",
    "rsl": "check_report_back return_report_back",
    "sl ": "waive_report_back",
    "l": "shelve refuse_shelving move_milestone refuse_milestone step_up refuse_step_up",
    "hrsl": "second_look",
    "ohrsl": "note",
    "u": "object sign_off unsign answer_assistance",
    "ihs": "visit",
    "uihs": "sign_for hand_in find submit extend",
    "rs": "return strike_off",
    "hsl": "consent_draft refuse_draft take_up",
}
MAY = {
    move: frozenset(_INITIALS[one] for one in roles.strip())
    for roles, moves in _WHO.items()
    for move in moves.split()
}


def manages(unit: str, other: str) -> bool:
    """Tell whether a unit is the other one, or has it under its management."""
    return unit == other or MANAGED_BY.get(other) == unit


def reaches(person: Person, area: str, about: str) -> bool:
    """Tell whether a case of an area, about a unit, lies within what an office person sees."""
    if person.role in ("unit", "inspector") or (person.away and person.away == about):
        return False
    return person.area in (area, *ABOVE[area])


def first_handler(person: Person, area: str, about: str) -> str:
    """Return who handles a case that somebody accepted: they, or the holder of the post."""
    if person.role in ("handler", "supervisor"):
        return person.name
    return in_post(area, about) or person.name


def in_post(area: str, about: str) -> str:
    """Return the first who handles cases and sees this one: in a post of its office, else in that
    office at all, else above; nobody's name if none.
    """
    line = ("handler", "supervisor", "brother", "stranger", "city", "province")
    return next((n for n in line if reaches(PEOPLE[n], area, about)), "")
