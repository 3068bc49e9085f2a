"""What may be the same matter as a case, a row each: why, and what hinders merging it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.clock import local
from caseflow.ledger import gate, mergers, oversights, suggesting
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import ITEM_DONE, TAKES_IN
from caseflow.ledger.suggesting import Suggestion
from caseflow.ledger.tables import Case
from caseflow.people.permissions import may
from caseflow.people.scope import scope_of
from caseflow.web.console.forms import Option
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext
from caseflow.web.same_words import reasons_told

FEW = 4
"""How many a case's own page shows."""
_EXCERPT = 160


@dataclass(frozen=True)
class Row:
    """A case that may be the same matter: why, and why it cannot be merged from here, if so.
    `into`: the case that is looked at may be merged into it.
    """

    case: Case
    reasons: list[str]
    opened: str
    excerpt: str
    barred: str
    chosen: bool
    into: bool


def beside(sight: Sight) -> list[Row]:
    """Return the few cases that most likely are the same matter, for the page of a case that nobody
    works on yet and whose reader may merge it; later the page only leads to where they stand.
    """
    if sight.case.state not in ("received", "accepted") or "merge" not in sight.moves:
        return []
    found = suggesting.of_case(
        sight.session, scope_of(sight.actor), sight.case, sight.dossier.reports, limit=FEW
    )
    return rows(sight, found)


def own_report(sight: Sight) -> Report | None:
    """Return the first report that a case came with itself: of those that others brought one may
    be older, and would be taken for its own.
    """
    firsts = sight.dossier.first_reports
    homes = mergers.homes(sight.session, firsts)
    own = (one for one in firsts if homes[one.id] == sight.case.id)
    return next(own, next(iter(firsts), None))


def targets(sight: Sight, found: Sequence[Row]) -> list[Option]:
    """Return the cases that can take in the others of those `found`, and this one, the oldest
    first: each with the entry up to which it was seen.
    """
    cases = [sight.case, *(one.case for one in found if one.into)]
    return [
        (
            _key(one),
            gettext("本办件（%(when)s 收到）", when=day_text(local(one.opened_at).date()))
            if one is sight.case
            else gettext(
                "%(number)s（%(when)s 收到）",
                number=one.number,
                when=day_text(local(one.opened_at).date()),
            ),
        )
        for one in sorted(cases, key=_age)
    ]


def oldest(sight: Sight, found: Sequence[Row]) -> str:
    """Return the choice of the oldest case of this one and those that are ticked at first sight."""
    cases = [sight.case, *(one.case for one in found if one.into and one.chosen)]
    return _key(min(cases, key=_age))


def _key(case: Case) -> str:
    return f"{case.number}:{case.head_n}"


def _age(case: Case) -> tuple[datetime, int]:
    return case.opened_at, case.id


def rows(
    sight: Sight, found: Sequence[Suggestion], chosen: Collection[str] | None = None
) -> list[Row]:
    """Return suggestions as rows; `chosen`: the numbers ticked before, None at first sight."""
    held = oversights.unlooked(sight.session, [one.case.id for one in found])
    return [_row(sight, one, chosen, held=one.case.id in held) for one in found]


def gathers(sight: Sight) -> bool:
    """Tell whether the page leads to where others are merged into the case, and parted from it."""
    at_work = sight.case.state == "handling" and "take_in" in sight.moves
    return at_work or (bool(sight.dossier.merged) and may(sight.actor, "case.merge"))


def _row(sight: Sight, found: Suggestion, chosen: Collection[str] | None, *, held: bool) -> Row:
    """Return a suggestion as a row; `held`: it waits for the level above."""
    barred = _barred(sight, found) or (gettext(oversights.NOT_MERGED) if held else "")
    preset = found.strong if chosen is None else found.case.number in chosen
    words = " ".join(found.text.split())
    return Row(
        case=found.case,
        reasons=reasons_told(found.reasons, found.likeness),
        opened=day_text(local(found.case.opened_at).date()),
        excerpt=words[:_EXCERPT] + ("…" if len(words) > _EXCERPT else ""),
        barred=barred,
        chosen=preset and not barred,
        into=_takes(sight, found),
    )


def _barred(sight: Sight, found: Suggestion) -> str:
    """Say why a case cannot be merged into this one from here; what is not seen at a glance, an
    item that is not over, merging itself refuses by name.
    """
    ours, theirs = sight.case, found.case
    if not suggesting.fit(ours, found):
        return gettext("反映的单位或区域不同，先指明单位")
    if not mergers.alike(ours, theirs):
        return gettext("诉求类型不同")
    if theirs.state == "handling" or (ours.state == "received" and theirs.state in TAKES_IN[1:]):
        return gettext("那个办件已在办理，请反过来把本办件并入那一件")
    if not any(edge.move == "merge" for edge in gate.offers(sight.actor, theirs)):
        return gettext("那个办件已经答复或办结，不能并案")
    return ""


def _takes(sight: Sight, found: Suggestion) -> bool:
    """Tell whether this case may, as far as is seen at a glance, be merged into the other one."""
    ours, theirs = sight.case, found.case
    waits = theirs.state == "received" and ours.state != "received"
    return (
        "merge" in sight.moves
        and any(edge.move == "take_in" for edge in gate.offers(sight.actor, theirs))
        and suggesting.fit(ours, found)
        and mergers.alike(ours, theirs)
        and not waits
        and all(item.state in ITEM_DONE for item in sight.dossier.items)
        and all(one.looked_at is not None for one in sight.dossier.oversights)
    )
