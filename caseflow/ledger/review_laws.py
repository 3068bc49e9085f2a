"""Does what the ledger promises of reviews (复查, 复核) hold in the data? A law of the `doctor`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.states import NO_HAND
from caseflow.ledger.tables import Case


def broken() -> Iterator[Select[Any]]:
    """Yield what asks for reviews that are linked to nothing, have an opinion and are not over,
    or the other way round, by whoever had a part in the matter; and for what was ended by none.
    """
    linked = exists().where(Review.case_id == Case.id, Review.of_case_id == Case.reviews)
    yield select(Case.number).where(Case.reviews.is_not(None), ~linked)
    of_review = select(Case.number).join(Review, Review.case_id == Case.id)
    yield of_review.where(Case.reviews.is_distinct_from(Review.of_case_id))
    yield of_review.where(Review.result.is_(None) != (Case.state == "accepted"))
    root = aliased(Report)
    of_root = of_review.join(root, root.id == Review.root_report_id)
    part = exists().where(
        or_(Entry.case_id == Review.of_case_id, Entry.case_id == root.case_id),
        Entry.user_id == Review.opined_by,
        Entry.at < Review.opined_at,
        Entry.verb.not_in(NO_HAND),
    )
    yield of_root.where(part)
    final = exists().where(
        Review.root_report_id == Report.id, Review.stage == 2, Review.result != "redone"
    )
    told = exists().where(Report.case_id == Case.id, final)
    yield select(Case.number).where(Case.ended_at.is_not(None), ~told)
