"""What the navigation counts: what waits for whoever is signed in, and nothing else."""

from flask import g

from caseflow.db import plan_once
from caseflow.escalation import waiting as documents
from caseflow.ledger import waiting as ledger
from caseflow.ledger.waiting import Waiting
from caseflow.publishing import waiting as circulars
from caseflow.web.edge import actor, can, read


def waiting(turns: int | None = None) -> Waiting:
    """Return what waits for whoever is signed in: asked once a request, where a page shows it.

    `turns`: how many open cases are their turn, where a page counted them already.
    """
    if "waiting" not in g:
        g.waiting = Waiting()
        if can("ledger.read"):
            with read() as session:
                plan_once(session)
                others = (documents.mine, circulars.mine)
                g.waiting = ledger.waiting(session, actor(), turns, *others)
    found: Waiting = g.waiting
    return found


def nav_counts() -> dict[str, int]:
    """Return the counts beside the entries of the navigation (a template global)."""
    found = waiting()
    return {
        "work": found.cases,
        "check": found.checks,
        "orders": found.documents,
        "circulars": found.circulars,
    }
