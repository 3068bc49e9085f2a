"""Somebody's own password: chosen by whoever signs in with it, and known to nobody else.

The first one is told by an administrator (`staff.create`, `staff.reset_password`) and opens one
page only, that on which another is chosen. A long password is asked for, not a mixture of kinds of
signs, and none has to be changed for its age (NIST SP 800-63B, 3.1.1.2).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.office_changes import note
from caseflow.people.tables import User

SHORTEST, LONGEST = 12, 200
"""Signs of a password, of whatever kind."""

_DIFFERENT = 6
WRONG = "现在的密码不对，或账号暂时锁定。连续输错五次锁定 15 分钟。"


def unfit(username: str, present: str, chosen: str, again: str) -> dict[str, str]:
    """Return what is wrong with a password that somebody chose, by field; empty when it is fit."""
    wrong = {}
    if not SHORTEST <= len(chosen) <= LONGEST:
        wrong["chosen"] = "新密码至少 12 位，最多 200 位"
    elif chosen.isdecimal():
        wrong["chosen"] = "不能只用数字：电话、证件号和生日最先被猜到"
    elif len(set(chosen)) < _DIFFERENT:
        wrong["chosen"] = "至少用 6 种不同的字符"
    elif username.casefold() in chosen.casefold():
        wrong["chosen"] = "新密码里不能有登录名"
    elif chosen == present:
        wrong["chosen"] = "新密码不能和现在的一样"
    if chosen != again:
        wrong["again"] = "两次输入的新密码不一样"
    return wrong


def change(
    session: Session,
    actor: Actor,
    stored: str | None,
    right: bool,
    fresh: str | None,
    now: datetime,
) -> bool:
    """Give the actor's account the password hash `fresh`; every session of it ends.

    `right` tells whether the present password matched `stored`; if not, or if the account has
    another password by now, the try is counted as one at the door is and False returned. Without
    `fresh` nothing but the try is noted.
    """
    user = session.get_one(User, actor.person, with_for_update={"key_share": True})
    if not accounts.tried(user, stored, right, now):
        return False
    if fresh is not None:
        user.password_hash, user.password_told = fresh, False
        user.session_epoch += 1
        note(session, actor, "password_changed", now, user_id=user.id)
    return True
