"""The page for whoever was not the first: what came since, and their form as they filled it in.

For documents, circulars and files of inquiry, whose forms are templates; cases and items have
theirs as values (`moving`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request

from caseflow.errors import CaseflowError
from caseflow.web.console.frame import Page
from caseflow.web.edge import seen
from caseflow.web.locale import gettext
from caseflow.web.written import written

_LATEST = 3


def since(head_n: int) -> int:
    """Return the history number after which all is new to whoever sent a form; of what did not move
    since, or where a form does not say, that before its latest entries.
    """
    known = seen()
    return head_n - _LATEST if known is None or known == head_n else known


def changed(
    gone: CaseflowError,
    back: str,
    shown: Mapping[str, Any],
    *,
    changes: Sequence[object] = (),
    forms: str = "",
    chosen: Sequence[tuple[str, str]] = (),
) -> Page:
    """Say what came since a form was made. `shown`: what its page was to be drawn with, `form`
    among that; `forms`: the template that can draw this form again, empty where it is offered no
    more: then the words that were written are told, and what was `chosen`, by label.
    """
    files = any(file.filename for file in request.files.values())
    page = render_template(
        "console/changed.html",
        **shown,
        reason=gettext(gone.told),
        changes=changes,
        forms_of=forms,
        files_lost=files,
        typed=[] if forms else [*chosen, *written()],
        back_href=back,
    )
    return page, 409
