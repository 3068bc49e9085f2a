"""The report back (办结报告) as data: where it is owed, and its moves. Pure.

Each move is recorded and leaves the case in its state; what stands for a report is its row's
(`handed_tables.BACK_STATES`), which the verb asks.
"""

OWES_BACK = ("replying", "calling_back", "answered", "declined", "referred")
"""States of a case in which the office that handed it down is told what came of it."""

_STAY = ""
BACK_MOVES = (
    ("draft_report_back", _STAY, "case.report_back", "起草办结报告，报来文机关"),
    ("check_report_back", _STAY, "case.check_back", "另一人核稿，同意送出"),
    ("return_report_back", _STAY, "case.check_back", "另一人核稿，退回修改"),
    ("send_report_back", _STAY, "case.report_back", "办结报告送来文机关"),
    ("sign_report_back", _STAY, "case.sign_back", "来文机关签收；都签收了即办结"),
    ("refuse_report_back", _STAY, "case.report_back", "来文机关退回，另写一份"),
    ("waive_report_back", _STAY, "case.waive_back", "来文机关不要回报，写明依据"),
)
"""Move, target, who may, and why."""
