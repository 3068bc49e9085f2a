"""Tell machines from people: automatic replies, bounces, read receipts (RFC 3834, 3464, 8098).

They are looked at by a person in quarantine and are never answered: two machines that answer
each other fill a mailbox in a night. When in doubt a message is a person's.
"""

import re

from caseflow.intake.channels.mailbox import sender
from caseflow.intake.channels.mailbox.structure import Part

BOUNCE = "退信通知（系统自动发出）"
RECEIPT = "已读回执（系统自动发出）"
REPLY = "自动回复"
MACHINE = "系统自动发出的邮件"

_MACHINES = {"mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "bounce", "bounces"}
_SUBJECT_REPLY = re.compile(
    r"^[\[【(（]?\s*(自动回复|自动答复|自動回覆|自動回復|自動答覆|automatic reply|auto[- ]?reply"
    r"|auto[- ]?response|automated (reply|response)|out of (the )?office|autosvar)"
    r"\s*([:：\]】)）\-—]|$|\b(re|aw)\b)",
    re.IGNORECASE,
)
_SUBJECT_BOUNCE = re.compile(
    r"(退信|投递失败|未能送达|无法投递|发送失败|無法傳遞|undeliver|delivery (status|failure|has)"
    r"|mail delivery|returned mail|failure notice|delayed mail|systems bounce|not delivered)",
    re.IGNORECASE,
)
_SUBJECT_READ = re.compile(r"^\s*(已读|已讀|read|not read|未读)\s*[:：]", re.IGNORECASE)
_NO_REPLY = re.compile(r"(do[-_.]?)?not?[-_.]?reply.*|noreply.*")
_AUTO_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-qq-auto-reply",
)


def reason(root: Part, subject: str, address: str) -> str:
    """Return why a message is taken for a machine's, empty when a person wrote it."""
    return _report(root) or _declared(root) or _guessed(root, subject, address)


def answerable(root: Part, address: str) -> bool:
    """Tell whether a machine may write back: to no list and to nobody who wants no answer.

    RFC 3834, 2: an automatic answer to a list goes to everybody on it, and one to a machine may
    come back.
    """
    listed = any(root.headers.get(name) for name in ("list-id", "list-post"))
    bulk = root.headers.get("precedence").strip().lower() in {b"bulk", b"list", b"junk"}
    silent = _NO_REPLY.fullmatch(sender.local_part(address)) is not None
    return bool(address) and not (listed or bulk or silent)


def _report(root: Part) -> str:
    """Read the type: delivery reports and read receipts have types of their own."""
    if root.type in {"message/delivery-status", "message/disposition-notification"}:
        return BOUNCE if root.type.endswith("status") else RECEIPT
    if root.type != "multipart/report":
        return ""
    kind = root.parameters.get("report-type", "").lower()
    return RECEIPT if kind == "disposition-notification" else BOUNCE


def _declared(root: Part) -> str:
    """Read the fields by which a well-behaved machine says that it is one."""
    said = root.headers.get("auto-submitted").split(b";")[0].strip().lower()
    if said.startswith(b"auto-replied"):
        return REPLY
    if said.startswith(b"auto-"):
        return MACHINE
    precedence = root.headers.get("precedence").strip().lower()
    if precedence in {b"auto_reply", b"auto-reply"}:
        return REPLY
    answered = (root.headers.get(name).strip().lower() for name in _AUTO_FIELDS)
    return REPLY if any(value not in {b"", b"no", b"false", b"0"} for value in answered) else ""


def _guessed(root: Part, subject: str, address: str) -> str:
    """Go by subject and sender, for the many machines that do not say what they are."""
    paths = [value.strip() for value in root.headers.every("return-path")]
    nobody = bool(paths) and paths[0] in {b"", b"<>"}
    machine = sender.local_part(address) in _MACHINES
    if (nobody or machine) and _SUBJECT_BOUNCE.search(subject):
        return BOUNCE
    if _SUBJECT_REPLY.match(subject):
        return REPLY
    if nobody and _SUBJECT_READ.match(subject):
        return RECEIPT
    if root.headers.get("x-failed-recipients"):
        return BOUNCE
    return MACHINE if nobody or machine else ""
