"""Which part of a mail its writer wrote, and which is the history that their mail program added.

Nothing is cut: the full text is kept, and a page folds what is history. Written for the programs
that people here use (QQ, 163, Foxmail, Outlook, telephones) and for the English ones. What somebody
forwards is what they want to be read, and is no history. Pure.
"""

import re
from dataclasses import dataclass

# Two runs of blanks that could touch would be parted in every way there is: minutes for one letter.
_WROTE = re.compile(r"(?:写道|寫道|\bwrote)[ \t]*(?:[：:][ \t]*)?$", re.MULTILINE)
_WHEN = re.compile(r"@|\d{1,2}[:：]\d\d")
_OPENING = re.compile(r"[ \t]*(?:在|On\b|At\b)")
_BY = re.compile(r"@[^\n@]*>\s*(?:于|於)")
_LINE = 400  # characters; nobody's name is longer
_RULE = re.compile(
    r"^[ \t]*[-－—_=]{2,}[ \t\u00a0]*(?:原始邮件|原始郵件|邮件原件|原邮件|回复的原邮件|Original"
    r"|Original Message|Original Email|Replied Message)[ \t\u00a0]*[-－—_=]{2,}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FIELD = re.compile(
    r"(?:发件人|寄件者|寄件人|发送时间|发送日期|传送日期|傳送日期|寄件日期|日期|時間|时间"
    r"|收件人|收件者|抄送|副本|主题|主旨|主題|From|Sent|Date|To|Cc|Subject)"
).pattern
_FIRST = re.compile("(?:发件人|寄件者|寄件人|From)").pattern
_BLOCK = re.compile(
    rf"^(?:[ \t]*[_-]{{5,}}[ \t]*\n)?[ \t*]*{_FIRST}[ \t*]*[：:][^\n]*\n"
    rf"(?:[ \t*]*{_FIELD}[ \t*]*[：:][^\n]*\n){{2,6}}",
    re.MULTILINE,
)
_FORWARDED = re.compile(
    r"(?:转发(?:的)?邮件|轉寄郵件|轉寄的郵件|Forwarded message|Begin forwarded message)",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"^\s*(?:fwd?|转发|轉寄|轉發)\s*[:：]", re.IGNORECASE)
_MARKED = re.compile(r"^[ \t]*>")
_LONGEST = 200_000  # characters that are looked at; nobody writes more


@dataclass(frozen=True)
class Folded:
    """`own`: what its writer wrote; `history`: what was there before, empty where nothing was."""

    own: str
    history: str = ""


def fold(text: str, subject: str = "") -> Folded:
    """Part a text; all is `own` where its writer wrote nothing else, or forwards something."""
    if len(text) > _LONGEST or _FORWARD.match(subject):
        return Folded(text)
    found = (_RULE.search(text), _BLOCK.search(f"{text}\n"))
    marks = [_attribution(text), *(mark.span() for mark in found if mark)]
    start, end = min(mark for mark in marks if mark) if any(marks) else (-1, -1)
    if start < 0:
        return _marked_lines(text)
    if _FORWARDED.search(text, max(0, start - 80), start):
        return Folded(text)
    own, rest = text[:start].rstrip(), text[start:]
    below = _below(rest, end - start)
    said = "\n\n".join(one for one in (own, below) if one)
    history = rest[: rest.rindex(below)].strip() if below else rest.strip()
    return Folded(said, history) if said.strip() else Folded(text)


def _attribution(text: str) -> tuple[int, int] | None:
    """Return where `在 … 写道：` stands, in one line or in two where the program wrapped it."""
    for mark in _WROTE.finditer(text):
        start = text.rfind("\n", 0, mark.start()) + 1
        before = text.rfind("\n", 0, max(0, start - 1)) + 1
        for begin in (start, before):
            line = text[begin : mark.end()]
            if len(line) <= _LINE and _attributes(line):
                return begin, mark.end()
    return None


def _attributes(line: str) -> bool:
    """Tell whether a line says who wrote when: prose has no address in it, and no hour."""
    return bool((_OPENING.match(line) and _WHEN.search(line)) or _BY.search(line))


def _below(rest: str, at: int) -> str:
    """Return what somebody wrote below lines that are marked as quoted, empty where they did not
    mark them: all that follows is history then.
    """
    lines = rest[at:].strip("\n").split("\n")
    last = max((n for n, line in enumerate(lines) if _MARKED.match(line)), default=-1)
    if last < 0 or not _MARKED.match(lines[0]):
        return ""
    return "\n".join(lines[last + 1 :]).strip()


def _marked_lines(text: str) -> Folded:
    """Fold the marked lines that stand at the very end."""
    lines = text.rstrip().split("\n")
    start = len(lines)
    while start and (_MARKED.match(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    own = "\n".join(lines[:start]).rstrip()
    history = "\n".join(lines[start:]).strip()
    return Folded(own, history) if own and history else Folded(text)
