"""The log of an installation: in production one line of JSON for each thing that happened.

Words of an exception are never written, because they may quote what somebody typed: its kind and
the place in our code are.
"""

import json
import logging
import sys
from datetime import datetime

from caseflow import clock
from caseflow.outbox.failures import describe
from config import Settings


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: when, how grave, who says it, what, and what else was `said`."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, clock.UTC).isoformat("T", "milliseconds"),
            "level": record.levelname.lower(),
            "of": record.name,
            "says": record.getMessage(),
        }
        line |= getattr(record, "said", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(settings: Settings) -> None:
    """Let everything that this process says come out as lines, on standard error, in production.

    An embedded office keeps to what Python does: warnings in plain words.
    """
    if not settings.production:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("alembic", "fontTools", "rq"):  # talk of what nobody asked
        logging.getLogger(name).setLevel(logging.WARNING)
