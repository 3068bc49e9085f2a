"""The public's door: no account, no script and, where it must be, no cookie needed."""

from caseflow.web.public import health, home, pieces, report, track
from caseflow.web.public.frame import blueprint

__all__ = ["blueprint", "health", "home", "pieces", "report", "track"]
