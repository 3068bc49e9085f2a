"""Why a case may be the same matter as another one, in words."""

from collections.abc import Iterable

from caseflow.ledger.suggesting import ADDRESS, NUMBER, PLACE, TEXT, WINDOW
from caseflow.web.locale import gettext


def reasons_told(reasons: Iterable[str], likeness: float) -> list[str]:
    """Return each reason as the page says it; `likeness` from 0 to 100."""
    told = {
        TEXT: gettext("文字相近 %(n)s%%", n=round(likeness)),
        NUMBER: gettext("同一号码"),
        ADDRESS: gettext("同一邮箱"),
        PLACE: gettext("同一单位、同类问题，相隔 %(n)s 天以内", n=WINDOW.days),
    }
    found = set(reasons)
    return [words for reason, words in told.items() if reason in found]
