"""The life of a file of inquiry (责任核实案卷) as data, read by `accountability_gate`. Pure.

The steps of 教育督导问责办法 in their order: inquiry, written notice, hearing of the unit,
consultation, decision, remedies. None can be left out; a person takes each of them. An edge says
who may (a permission of `people.permissions`) and why, as `ledger.states` does.
"""

from caseflow.ledger.states import Edge

FILE_STATES = (
    "opened",
    "inquired",
    "notified",
    "heard",
    "consulted",
    "decided",
    "served",
    "reviewing",
    "reviewed",
    "appealing",
    "appealed",
    "closed",
    "discontinued",
)
UNDECIDED = ("opened", "inquired", "notified", "heard", "consulted")
"""States in which nobody decided yet: no screen may name what it could come to."""
ENDED = ("closed", "discontinued")
"""States in which nothing more happens to a file."""

OPENED = "file_opened"
"""The first line of each file: that it was opened; no edge leads there."""

HEARINGS = ("held", "early", "waived", "silent")
"""How a unit was heard: it spoke when its days were over, or earlier by its own consent in writing;
it gave that up in writing, or let the days pass.
"""
FILE_OUTCOMES = ("none", "notice", "interview", "criticism", "resources")
"""What the head of the committee may decide: nothing, or one of the four forms of the rule."""
ANSWERS = ("upheld", "changed", "revoked")
"""What a review or an appeal may come to."""

_STOPPED = "决定以前终止，说明理由"
_APPEALED = "单位在期限内向上一级申诉，也可以不经复核直接申诉"
_RECORD = "accountability.record"

ACCOUNTABILITY_EDGES: tuple[Edge, ...] = (
    Edge("inquiry_recorded", "opened", "inquired", _RECORD, "写明由谁、何时核实，查明了什么"),
    Edge(
        "notice_served", "inquired", "notified", _RECORD, "书面告知单位查明的事实和陈述申辩的权利"
    ),
    Edge(
        "hearing_recorded",
        "notified",
        "heard",
        _RECORD,
        "准备期满听取；单位书面同意的可以提前，书面放弃或期满没有提出的记明",
    ),
    Edge("consultation_recorded", "heard", "consulted", _RECORD, "写明由谁会商、各自的意见"),
    Edge(
        "decision_made",
        "consulted",
        "decided",
        "accountability.decide",
        "由委员会负责人决定，说明理由；参加核实的人不能决定",
    ),
    Edge("decision_served", "decided", "served", _RECORD, "决定书送达单位，救济期限从次日起算"),
    Edge("decision_review_asked", "served", "reviewing", _RECORD, "单位在期限内申请复核"),
    Edge(
        "decision_review_answered",
        "reviewing",
        "reviewed",
        _RECORD,
        "书面答复复核；作出决定的人不能答复",
    ),
    *(
        Edge("decision_appealed", state, "appealing", _RECORD, _APPEALED)
        for state in ("served", "reviewed")
    ),
    Edge("decision_appeal_answered", "appealing", "appealed", _RECORD, "上一级对申诉作出答复"),
    *(
        Edge("file_closed", state, "closed", _RECORD, "救济期满或救济已经完结")
        for state in ("served", "reviewed", "appealed")
    ),
    *(Edge("file_discontinued", state, "discontinued", _RECORD, _STOPPED) for state in UNDECIDED),
)

ACCOUNTABILITY_MOVES = tuple(dict.fromkeys(edge.move for edge in ACCOUNTABILITY_EDGES))

WAY = ACCOUNTABILITY_MOVES[:6]
"""The steps that every file takes, in their order, as long as it is not discontinued."""
