"""What a bounce says: which of our messages did not arrive, and whether it ever will (RFC 3464).

Whoever sent it need not be believed: it counts only where it names a message that is proven to be
ours (`crypto.message_ids`), which nobody knows but whoever it went to. Pure.
"""

import re
from dataclasses import dataclass

from caseflow.crypto.message_ids import SHAPE
from caseflow.intake.channels.mailbox import charset
from caseflow.intake.channels.mailbox.structure import Part

_ACTION = re.compile(r"^action:\s*([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^status:\s*([245])\.(\d{1,3})\.(\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d)\.(\d{1,2})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])([0-5]\d)[ -](?=[A-Za-z#\u4e00-\u9fff\d])")
# A mailbox that is full, or a server that is busy, may take the next one.
_FOR_NOW = re.compile(
    r"(mailbox (is )?full|over ?quota|quota exceeded|try again|temporar|will (keep|be) (on )?retr"
    r"|delayed|still being|空间不足|邮箱已满|容量|超过配额|稍后重试|延迟|暂时)",
    re.IGNORECASE,
)
_FOR_GOOD = re.compile(
    r"(user unknown|unknown user|no such (user|recipient|mailbox)|does not exist|doesn't exist"
    r"|mailbox (unavailable|not found|disabled)|invalid (recipient|mailbox|address)"
    r"|address rejected|recipient (rejected|not found)"
    r"|account (has been )?(disabled|inactive|suspended)"
    r"|用户不存在|收件人(地址)?不存在|邮箱(地址)?不存在|地址不存在|找不到(该)?(用户|收件人|邮箱)"
    r"|账号(已)?(被)?(停用|禁用|注销|冻结)|帐号(已)?(被)?(停用|禁用|注销)|無此用戶|查無此人)",
    re.IGNORECASE,
)
_READ = 65_536  # characters of a part


@dataclass(frozen=True)
class Bounce:
    """`about`: what may be ids of ours, to be proven. `permanent`: it will never arrive there.

    `status`: the enhanced code, `5.1.1`, or the class alone where it said no more.
    """

    about: tuple[str, ...]
    permanent: bool
    status: str


def read(root: Part) -> Bounce:
    """Return what a message that is taken for a bounce says."""
    report, words, about = "", [], []
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        waiting += part.children
        if part.children:
            continue
        said = charset.decode(part.content[:_READ], part.label)
        about += SHAPE.findall(said)
        if part.type == "message/delivery-status":
            report += f"{said}\n"
        elif part.type in {"text/plain", "text/html"}:
            words.append(said)
    permanent, status = _reported(report) if report else _in_words("\n".join(words))
    return Bounce(tuple(dict.fromkeys(about)), permanent, status)


def _reported(report: str) -> tuple[bool, str]:
    """Read a delivery report: `failed` with a code of class 5 is for good, unless it is full."""
    action = {word.lower() for word in _ACTION.findall(report)}
    codes = _STATUS.findall(report)
    worst = max(codes, default=("", "", ""))
    status = ".".join(worst) if codes else ""
    full = worst[1:] == ("2", "2")
    permanent = "failed" in action and worst[0] != "4" and not full
    return permanent, status or ("5" if permanent else "4")


def _in_words(said: str) -> tuple[bool, str]:
    """Read what a server wrote for people: its code first, then its words."""
    enhanced, plain = _ENHANCED.search(said), _REPLY_CODE.search(said)
    status = ".".join(enhanced.groups()) if enhanced else plain[1] if plain else ""
    if _FOR_GOOD.search(said):
        return not status.startswith("4"), status or "5"
    permanent = status.startswith("5") and not _FOR_NOW.search(said)
    return permanent, status or "4"
