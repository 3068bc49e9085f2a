"""Which kind of matter an e-mail is, by the words it uses; a complaint when it does not say."""

import re

_OPENING = 300  # characters of the text that are looked at
_IN_SUBJECT = (
    ("tip", re.compile("举报|舉報|检举|檢舉|揭发|揭發|whistle")),
    ("complaint", re.compile("投诉|投訴|complain")),
    ("help", re.compile("求助|求救|help")),
    ("suggestion", re.compile("建议|建議|suggest")),
    ("question", re.compile("咨询|諮詢|请问|請問|询问|question|inquiry|enquiry")),
)
_IN_TEXT = (
    ("tip", re.compile("举报|舉報|检举|檢舉|揭发|揭發|whistle")),
    ("complaint", re.compile("投诉|投訴|complain")),
    ("help", re.compile("求助|求救|请求帮助|請求幫助")),
    ("suggestion", re.compile("(提|提出|有)(一?个|点|一点|几点|以下)?建议|我建议|i suggest")),
    ("question", re.compile("咨询|諮詢|请问|請問|想问|想了解|question")),
)


def kind(subject: str, text: str) -> str:
    """Return tip, complaint, help, suggestion or question; the subject goes before the text.

    A tip is looked for first: taking a complaint for a tip shields the reporter, the other way
    round would not. Staff may set it right.
    """
    for table, source in ((_IN_SUBJECT, subject), (_IN_TEXT, text[:_OPENING])):
        for name, words in table:
            if words.search(source.lower()):
                return name
    return "complaint"
