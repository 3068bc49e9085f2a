"""Why a matter is not accepted (不予受理) or sent on (转送): the reasons as data. Pure.

A reason is told to the reporter in its own words (`words.REASONS`), beside what a person wrote.
Sources: 信访工作条例 (2022): §22-23 whoever is not competent sends on and says so; §31 what belongs
before a court, a board of arbitration or a reviewing authority goes there; §35 a review is asked
for within 30 days of the answer, of the next higher authority; §36 after the second review the
matter is ended. What is declined has no answer yet, so nothing to be reviewed: its remedy is to
say more here, or to turn to the office above.
"""

from typing import NamedTuple

from caseflow.ledger.states import CLAIMS, KINDS

DECLINE, REFER = "decline", "refer"
OTHER = "other"
UNSUPPLEMENTED = "unsupplemented"
"""Fits only where the reporter was asked for what is missing, and the time for it ran out."""
LACKS = ("unit", "when", "what", "evidence", "claim")
"""What a report may lack for anybody to decide whether to accept it."""


class Reason(NamedTuple):
    """One reason: its code, the kinds of matters it fits, what the reporter can do (a key of
    `words.REMEDIES`), and the rule printed with it where it rests on one (a key of `words.RULES`).
    """

    code: str
    kinds: tuple[str, ...]
    remedy: str
    rule: str = ""


REASONS: dict[str, tuple[Reason, ...]] = {
    DECLINE: (
        Reason(UNSUPPLEMENTED, KINDS, "facts"),
        Reason("outside", KINDS, "above"),
        Reason("lawful_way", CLAIMS, "lawful_way", "petition_31"),
        Reason("in_hand", KINDS, "in_hand"),
        Reason("answered", KINDS, "review"),
        Reason("ended", CLAIMS, "", "petition_36"),
        Reason("unclear", KINDS, "facts"),
        Reason("person", CLAIMS, "person"),
        Reason(OTHER, KINDS, "above"),
    ),
    REFER: (
        Reason("authority", KINDS, "authority", "petition_22"),
        Reason("higher", KINDS, "authority", "petition_22"),
        Reason("lower", KINDS, "authority", "petition_22"),
        Reason("area", KINDS, "authority", "petition_22"),
        Reason(OTHER, KINDS, "authority"),
    ),
}

AUTHORITIES = (
    "市场监督管理局",  # not said
    "公安机关",  # not said
    "人力资源和社会保障局",  # not said
    "卫生健康局",  # not said
    "民政局",  # not said
    "住房和城乡建设局",  # not said
    "城市管理和综合执法局",  # not said
    "消防救援机构",  # not said
    "文化旅游广电体育局",  # not said
    "信访局",  # not said
    "纪检监察机关",  # not said
    "上级教育督导机构",  # not said
)
"""Whom a matter is often sent to; any other is written out. Stored and told as it stands here."""


def fitting(move: str, kind: str) -> tuple[Reason, ...]:
    """Return the reasons for a move that fit a kind of matter."""
    return tuple(reason for reason in REASONS[move] if kind in reason.kinds)


def find(move: str, code: object) -> Reason | None:
    """Return the reason with this code; None for what was decided before there were codes."""
    return next((reason for reason in REASONS[move] if reason.code == code), None)


def remedy(move: str, code: str, kind: str) -> str:
    """Return what the reporter of such a matter can do: only who asked for something of their own
    has an answer reviewed (§35); anybody else brings new facts.
    """
    reason = find(move, code) or find(move, OTHER)
    if reason is None:
        return ""
    return "facts" if reason.remedy == "review" and kind not in CLAIMS else reason.remedy


def rule(reason: Reason, kind: str) -> str:
    """Return the rule printed with a reason: the petition rules bind claims only."""
    return reason.rule if kind in CLAIMS else ""
