"""A rule of time or a ladder gets a new version; the old one stays as it was.

Which open promises follow is the ledger's (`ledger.moves.amending`); here is what may be written,
and the writing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from caseflow.deadlines.ladder import Ladder, dump_steps, dump_triggers
from caseflow.deadlines.policies import Policy, Scope, in_force
from caseflow.deadlines.rules import Rules, forget, rules_of
from caseflow.deadlines.tables import LadderRow, PolicyRow
from caseflow.deadlines.terms import Terms, terms_of, wider
from caseflow.errors import BadInput, NotFound
from caseflow.people.tables import Area

FARTHEST = 366
"""Days ahead that a version may begin."""


@dataclass(frozen=True)
class Amendment:
    """What is to become of a rule; without `terms` it ends. `since` None: at once.

    `like`: the version that a new, narrower rule takes its ladder from.
    """

    scope: Scope
    terms: Terms | None
    since: date | None
    like: Policy


def versions(rules: Rules, scope: Scope) -> Sequence[Policy]:
    """Return every version of a rule, the newest first."""
    found = (policy for policy in rules.policies if policy.scope == scope)
    return sorted(found, key=lambda policy: -policy.version)


def version(session: Session, policy_id: int) -> Policy:
    """Return one version of a rule. Raises NotFound."""
    for policy in rules_of(session).policies:
        if policy.id == policy_id:
            return policy
    raise NotFound("没有这条规则")


def new_version(session: Session, amendment: Amendment, now: datetime) -> Policy:
    """Return the version that an amendment would write; its id is 0. Raises BadInput."""
    rules = rules_of(session)
    known = versions(rules, amendment.scope)
    since = _since(rules, amendment.since, now)
    if amendment.terms is None:
        _may_end(session, rules, amendment.scope, since)
    else:
        _is_narrower(session, amendment)
        _differs(amendment, known, since)
    like, scope = known[0] if known else amendment.like, amendment.scope
    terms = amendment.terms or terms_of(like)
    return Policy(
        **asdict(terms),
        **scope._asdict(),
        id=0,
        ladder=like.ladder,
        version=like.version + 1 if known else 1,
        effective_from=since,
        withdrawn=amendment.terms is None,
    )


def _since(rules: Rules, day: date | None, now: datetime) -> datetime:
    today = rules.calendar.local_day(now)
    if day is None or day == today:
        return now
    if not today < day <= today + timedelta(days=FARTHEST):
        raise BadInput({"since": "请选择今天或一年之内的日子"})
    return rules.calendar.end_of_day(day - timedelta(days=1))


def _differs(amendment: Amendment, known: Sequence[Policy], since: datetime) -> None:
    """Refuse what is so already, and a rule that was to be new and is there."""
    holds = in_force(known, since).get(amendment.scope)
    if holds is None or holds.withdrawn:
        return
    if amendment.like.scope != amendment.scope:
        raise BadInput({"": "这样的规则已经有了，请直接修改它"})
    replaces = known[0].version > holds.version  # one that was to begin later
    if terms_of(holds) == amendment.terms and not replaces:
        raise BadInput({"": "没有改动：规则已经是这样"})


def _is_narrower(session: Session, amendment: Amendment) -> None:
    scope, like = amendment.scope, amendment.like.scope
    if scope == like:
        return
    area = session.get(Area, scope.area) if scope.area else None
    if not wider(like, scope, area.path if area is not None else ()):
        raise BadInput({"": "新规则的适用范围要在原规则之内"})


def _may_end(session: Session, rules: Rules, scope: Scope, since: datetime) -> None:
    """Refuse to end a rule that ended, or that nothing more general stands behind."""
    holds = in_force(rules.policies, since).get(scope)
    if holds is None or holds.withdrawn:
        raise BadInput({"": "这条规则已经停用"})
    if not has_wider(session, scope, since):
        raise BadInput({"": "没有更一般的规则可以接上，不能停用"})


def has_wider(session: Session, scope: Scope, at: datetime) -> bool:
    """Tell whether another rule in force at that moment covers all that a rule is about."""
    area = session.get(Area, scope.area) if scope.area else None
    above = area.path if area is not None else ()
    return any(
        wider(other, scope, above)
        for other, policy in in_force(rules_of(session).policies, at).items()
        if other != scope and not policy.withdrawn
    )


def write(session: Session, policy: Policy, user_id: int, now: datetime) -> Policy:
    """Write a version and return it with its id; from here on this session counts by it."""
    said = asdict(policy)
    said.pop("id")
    said |= {"area_code": said.pop("area"), "unit": str(policy.unit), "clock": str(policy.clock)}
    row = PolicyRow(**said, set_by=user_id, set_at=now)
    session.add(row)
    session.flush()
    forget(session)
    return replace(policy, id=row.id)


def write_ladder(session: Session, ladder: Ladder, user_id: int, now: datetime) -> None:
    """Write a version of a ladder; new promises of this session climb it from here on."""
    session.add(
        LadderRow(
            name=ladder.name,
            version=ladder.version,
            steps=dump_steps(ladder),
            triggers=dump_triggers(ladder),
            effective_from=now,
            set_by=user_id,
            set_at=now,
        )
    )
    session.flush()
    forget(session)


def newest(session: Session, name: str) -> Ladder:
    """Return the newest version of a ladder. Raises NotFound."""
    try:
        return rules_of(session).newest(name)
    except ValueError:
        raise NotFound("没有这个督办阶梯") from None
