"""Which cases were merged into one at once, and are still: for the verb and the pages."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from caseflow.ledger.report_tables import Merger
from caseflow.ledger.sketch_tables import Wave, WaveMerger
from caseflow.ledger.tables import Case


def into(session: Session, case_id: int) -> Sequence[Wave]:
    """Return the waves into a case that nobody undid, newest first."""
    query = select(Wave).where(Wave.into_id == case_id, Wave.undone_at.is_(None))
    return session.scalars(query.order_by(Wave.id.desc())).all()


def lasting(session: Session, waves: Collection[int]) -> Sequence[tuple[int, Case]]:
    """Return the cases of some waves that are still merged by them, as wave id and case."""
    query = (
        select(WaveMerger.wave_id, Case)
        .join(Merger, Merger.id == WaveMerger.merger_id)
        .join(Case, Case.id == Merger.case_id)
        .where(WaveMerger.wave_id.in_(waves), Merger.undone_at.is_(None))
    )
    rows = session.execute(query.order_by(WaveMerger.merger_id))
    return [(wave_id, case) for wave_id, case in rows]


def broken() -> Iterator[Select[Any]]:
    """Yield what asks for cases of a wave that are another one's than the wave says, or merged by
    it still although it was undone. A law of the `doctor`.
    """
    of_wave = select(Case.number).join(Merger, Merger.case_id == Case.id)
    of_wave = of_wave.join(WaveMerger, WaveMerger.merger_id == Merger.id)
    of_wave = of_wave.join(Wave, Wave.id == WaveMerger.wave_id)
    undone = Wave.undone_at.is_not(None) & Merger.undone_at.is_(None)
    yield of_wave.where(or_(Merger.into_id != Wave.into_id, undone))
