"""Which matter takes which course, begun how many working days ago: the forty cases,
some more of this very hour (and what follows from them: parts split off, what comes above)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from caseflow.demo import apart, appeals, beside, doors, many, papers, scripts
from caseflow.demo.matters import read
from caseflow.demo.scripts import path
from caseflow.demo.story import Stage, Story
from caseflow.demo.timeline import Script

Course = Callable[[Story], Script]

_MERGED = "已由责任督学到校当面督促，本件不再单独发出"


def _to(until: str) -> Course:
    return partial(path, until=until)


def _advised(until: str) -> Course:
    return partial(scripts.advised, until=until)


def _warned(*desk: tuple[int, str, str]) -> Course:
    return lambda story: papers.warned(story, *desk)


# matter: (working days ago, hour, course)
_PAST: dict[str, tuple[int, str, Course]] = {
    "ladder_seven": (
        30,
        "09:12",
        _warned(
            (20, _MERGED, "supervisor"),
            (16, _MERGED, "supervisor"),
            (11, _MERGED, "supervisor"),
            (6, "issue", "city"),
            (2, "lift", "city"),
        ),
    ),
    "enrolment_question": (29, "08:47", scripts.left_out),
    "tutoring_tip": (28, "22:31", scripts.transferred),
    "canteen_insects": (27, "07:58", appeals.wrote_again),
    "ladder_six": (
        25,
        "10:30",
        _warned(
            (15, _MERGED, "supervisor"),
            (11, "issue", "supervisor"),
            (9, "answer", "carp"),
            (8, "accept", "supervisor"),
            (6, "issue", "leader"),
            (5, "sign", "carp"),
            (2, "answer", "carp"),
            (1, "issue", "city"),
        ),
    ),
    "partial_refund": (24, "14:05", appeals.challenged),
    "gift_tip": (23, "09:50", _to("closed")),
    "homework_load": (22, "20:16", appeals.upheld),
    "ladder_five": (
        20,
        "11:08",
        _warned((10, _MERGED, "supervisor"), (5, "issue", "supervisor"), (3, "sign", "mingji")),
    ),
    "library_suggestion": (18, "21:40", _advised("closed")),
    "disability_help": (17, "10:02", scripts.shelved),
    "ladder_four": (15, "08:20", _warned((5, "issue", "supervisor"))),
    "uniform_again": (14, "12:44", scripts.reopened),
    "court_dispute": (11, "15:15", scripts.declined),
    "ladder_three": (11, "09:33", papers.neglected),
    "drinking_water": (10, "08:05", doors.reported_back),
    "playground": (10, "08:10", partial(scripts.returned, times=2, again=True)),
    "heating": (10, "18:52", scripts.undelivered),
    "meal_price": (9, "13:20", scripts.missed),
    "classroom_light": (9, "09:05", partial(scripts.returned, again=True, signs=False)),
    "nap_fee": (9, "17:31", _to("struck_off")),
    "playground_again": (7, "12:12", partial(apart.split_off, into="playground")),
    "training_tip": (7, "23:07", scripts.threatened),
    "food_stalls": (6, "16:48", scripts.referred),
    "subsidy_help": (4, "10:40", scripts.needs_time),
    "club_fee": (5, "20:01", scripts.asked),
    "timetable": (5, "09:22", scripts.extended),
    "crossing_suggestion": (4, "11:11", _advised("replying")),
    "paper_market_tip": (4, "14:36", scripts.waits_for_time),
    "untouched_mail": (4, "06:15", scripts.passed_on),
    "ladder_two": (2, "10:10", _to("dispatched")),
    "textbook_help": (3, "15:02", scripts.objected),
    "ladder_one": (1, "09:18", beside.assisted),
    "instructed_fund": (1, "08:30", _to("dispatched")),
    "dormitory_help": (1, "16:20", partial(scripts.answered, look=False)),
    "noise": (1, "17:05", scripts.doubled),
}

# matter: (minutes ago, course)
_FRESH: dict[str, tuple[int, Course]] = {
    "bullying": (95, scripts.endangered),
    "exam_question": (70, scripts.answered),
    "scholarship_question": (180, scripts.received_above),
    "school_gate": (42, scripts.proposed),
    "fight_now": (21, _to("received")),
    "lunch_box": (19, partial(many.a_wave, of=("lunch_box_too", "lunch_box_smell"))),
    "lunch_box_too": (17, _to("received")),
    "lunch_box_smell": (14, _to("received")),
    "bus_and_fee": (11, partial(many.two_matters, other="延时托管另外收费")),
    "lunch_box_late": (4, _to("received")),
}


def courses(stage: Stage) -> Iterator[Script]:
    """Yield the script of every case."""
    matters = read()
    for key, (days, hour, course) in _PAST.items():
        yield course(Story(stage, matters.pop(key), stage.days.ago(days, hour)))
    for key, (minutes, fresh) in _FRESH.items():
        begin = stage.days.now - timedelta(minutes=minutes)
        yield fresh(Story(stage, matters.pop(key), begin))
    if matters:
        raise ValueError(f"matters without a course: {', '.join(matters)}")
