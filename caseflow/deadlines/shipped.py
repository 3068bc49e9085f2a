"""Puts the default policies and ladders into an empty database; an office edits them later."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.defaults import DEFAULT_POLICIES, IN_FORCE_FROM
from caseflow.deadlines.ladder import Ladder, dump_steps, dump_triggers
from caseflow.deadlines.tables import LadderRow, PolicyRow


def load(session: Session, ladders: Iterable[Ladder]) -> None:
    """Insert what is missing: all policies where there is none, and unknown ladder versions."""
    if session.scalar(select(PolicyRow.id).limit(1)) is None:
        session.add_all(
            PolicyRow(
                area_code=policy.area,
                kind=policy.kind,
                category=policy.category,
                urgent=policy.urgent,
                clock=str(policy.clock),
                amount=policy.amount,
                unit=str(policy.unit),
                pausable=policy.pausable,
                pause_limit_days=policy.pause_limit_days,
                extendable_times=policy.extendable_times,
                extendable_amount=policy.extendable_amount,
                minimum_after_return=policy.minimum_after_return,
                margin=policy.margin,
                attempt_days=policy.attempt_days,
                ladder=policy.ladder,
                version=policy.version,
                effective_from=policy.effective_from,
            )
            for policy in DEFAULT_POLICIES
        )
    for ladder in ladders:
        if session.get(LadderRow, (ladder.name, ladder.version)) is None:
            session.add(
                LadderRow(
                    name=ladder.name,
                    version=ladder.version,
                    steps=dump_steps(ladder),
                    triggers=dump_triggers(ladder),
                    effective_from=IN_FORCE_FROM,
                )
            )
    session.flush()
