"""What somebody wrote into a form that could not be taken, to be given back on a page of errors.

Nothing is asked of the database, which may be the reason: labels are those of the forms. Never a
secret, never who somebody is, and nothing that the page itself had put there.
"""

import re

from flask import request

from caseflow import words
from caseflow.web.locale import gettext

_NOT_WRITTEN = {
    *("csrf_token", "head_n", "began", "returns", "nonce", "channel", "seen", "kept"),
    *("confirmation", "ticket", "receipt", "code", "number", "username", "password", "started"),
    *("present", "chosen", "again"),  # passwords
    *("name", "phone", "email", "address"),  # who it is about belongs on no error page
    *("kind", "category", "area", "unit", "disclosure", "contact", "outcome", "way", "opinion"),
    "whose",
    *("checks", "items", "first", "last", "texts"),
    *("step", "choice", "accounts"),
}
LABELS = {
    "result": "核查结论",
    "text": "内容",
    "public_text": "公开稿",
    "reason": "理由",
    "remark": "意见",
    "authority": "有权处理的机关",
    "number": "对方编号",
    "lack_unit": "涉及的学校或机构",
    "lack_when": "发生的时间、地点",
    "lack_what": "具体事实和经过",
    "lack_evidence": "证据或线索",
    "lack_claim": "具体诉求",
    "matters": "问题项",
    "matter": "问题项内容",
    "unit": "单位",
    "basis": "依据",
    "rectifying_unit": "整改单位",
    "rectify_text": "整改通知内容",
    "done": "整改情况",
    "note": "说明",
    "until": "延期到",
    "grounds": "延期理由",
    "consent": "来文机关的意见",
    "present": "参加人",
    "plan": "计划",
    "told": "告诉反映人的理由",
    "what_1": "节点 1",
    "what_2": "节点 2",
    "what_3": "节点 3",
    "proof": "送达凭据",
    "words": "反映人怎么说",
    "police_who": "由谁报警",
    "police_at": "何时报警",
    "police_number": "接警号",
    "place": "地点",
    "saw": "看到的情况",
    "answer": "答复",
    "others": "其他同行人员",
    "visit_time": "到场时间",
    "happened_when": "发生时间",
    "happened": "发生时间",
    "answer_text": "答复内容",
    "ended": "已终结的办件",
    "day": "日期",
    "people": "有关人员",
}
# What a choice or a hidden field says for itself: a word of ours or a number, and no label to it.
_CODE = re.compile(r"[a-z_]+|\d{1,9}")
# Fields that come filled in, and the one beside them that only a person fills in.
_OFFERED = {"until": "grounds", "rectifying_unit": "rectify_text"}


def written() -> list[tuple[str, str]]:
    """Return what was written with the label of its field, which may be missing."""
    said = {name: value for name, value in request.form.items() if value.strip()}
    return [
        (gettext(LABELS[name]) if name in LABELS else "", _in_words(name, value))
        for name, value in said.items()
        if name not in _NOT_WRITTEN
        and _OFFERED.get(name, name) in said
        and (name in LABELS or not _CODE.fullmatch(value))
    ]


def _in_words(name: str, value: str) -> str:
    chosen = words.FINDINGS.get(value) if name == "result" else None
    return gettext(chosen) if chosen else value
