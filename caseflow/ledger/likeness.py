"""Which cases have a report that says nearly the same as a text, within somebody's scope.

Two statements, whatever the size of the ledger: how rare each of a few hashes is, counted no
further than `RARE_BELOW`, and whose texts share the rarest, the newest `NEWEST` of each. What they
find is compared word for word. A text that thousands sent is found by its newest copies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, cast, func, or_, select, text, union_all
from sqlalchemy.orm import Session

from caseflow.ledger import sketch
from caseflow.ledger.queries import standing
from caseflow.ledger.report_tables import Report
from caseflow.ledger.sketch_tables import Sketch
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope

PROBED = 128
RARE_BELOW = 1000
RAREST = 24
NEWEST = 300
_CLOSEST = 200
COMPARED = 40
_NONE = -1  # no text has it; statements stay one and the same however short a text is


@dataclass(frozen=True)
class Near:
    """A case, how alike the closest of its reports is (0 to 100), and what that says."""

    case: Case
    likeness: float
    text: str


def near(
    session: Session,
    scope: Scope,
    said: str,
    *,
    unit_id: int | None = None,
    but: int | None = None,
    limit: int = 20,
) -> Sequence[Near]:
    """Return cases that say nearly the same, the closest first; at most two statements.

    About another unit than `unit_id` none, nor the case `but`. Where one of the two is about no
    unit, a text that names other schools is about another matter, however alike it is.
    """
    rarest = _rarest(session, sketch.hashes(said)[:PROBED])
    if not rarest:
        return ()
    query = _SHARED.where(standing(scope), Case.id != (but or 0))
    if unit_id is not None:
        query = query.where(or_(Case.unit_id == unit_id, Case.unit_id.is_(None)))
    asked = {f"h{n}": hash_ for n, hash_ in enumerate(_padded(rarest, RAREST))}
    found: dict[int, Near] = {}
    for case, words in session.execute(query, asked):
        alike = sketch.likeness(said, words)
        best = found.get(case.id)
        if alike < sketch.SAME or (best is not None and best.likeness >= alike):
            continue
        if (unit_id is None or case.unit_id is None) and sketch.elsewhere(said, words):
            continue
        found[case.id] = Near(case, alike, words)
    return sorted(found.values(), key=lambda one: (-one.likeness, -one.case.id))[:limit]


def _rarest(session: Session, hashes: Sequence[int]) -> list[int]:
    """Return the hashes that fewest texts have, those that none has left out."""
    if not hashes:
        return []
    asked = {f"h{n}": one for n, one in enumerate(_padded(hashes, PROBED))}
    rows = [(often, one) for one, often in session.execute(_HOW_OFTEN, asked) if often]
    return [one for _, one in sorted(rows)[:RAREST]]


def _padded(hashes: Sequence[int], size: int) -> list[int]:
    return [*hashes, *[_NONE] * (size - len(hashes))]


_ASKED = ", ".join(f"(CAST(:h{n} AS INTEGER))" for n in range(PROBED))
_HOW_OFTEN = text(
    f"WITH asked (hash) AS (VALUES {_ASKED})"  # noqa: S608
    " SELECT asked.hash, (SELECT count(*) FROM (SELECT sketch.report_id FROM sketch"
    " WHERE sketch.hash = asked.hash"
    " ORDER BY sketch.report_id DESC"  # by the index, also where a wave misleads the planner
    f" LIMIT {RARE_BELOW}) AS few) FROM asked"
)

_HITS = union_all(
    *(
        select(
            select(Sketch.report_id)
            .where(Sketch.hash == cast(bindparam(f"h{n}", type_=Integer), Integer))
            .order_by(Sketch.report_id.desc())
            .limit(NEWEST)
            .subquery()
        )
        for n in range(RAREST)
    )
).subquery()
_COUNTED = (
    select(_HITS.c.report_id, func.count().label("n"))
    .group_by(_HITS.c.report_id)
    .order_by(func.count().desc(), _HITS.c.report_id.desc())
    .limit(_CLOSEST)
    .subquery()
)
_SHARED = (
    select(Case, Report.text)
    .join(Report, Report.case_id == Case.id)
    .join(_COUNTED, _COUNTED.c.report_id == Report.id)
    .order_by(_COUNTED.c.n.desc(), Report.id.desc())
    .limit(COMPARED)
)
