"""Cases that may be about the same matter; many are merged, and undone, at once (并案).

For whoever may merge cases and nobody else: what is alike is never told outside (design law 10).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Stale, Told
from caseflow.ledger import queries, suggesting, waves
from caseflow.ledger.moves import gathering
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import GIVES_BACK
from caseflow.ledger.tables import Case
from caseflow.people import names
from caseflow.web.console.forms import Again, Option
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.same_rows import Row, oldest, own_report, rows, targets
from caseflow.web.console.sight import Sight, look_at
from caseflow.web.edge import actor, change, needs, now, read, seen, typed
from caseflow.web.locale import gettext, moment_text


@dataclass(frozen=True)
class WaveView:
    """What was merged into a case at once, and is still."""

    id: int
    told: str
    cases: list[Case]


@dataclass(frozen=True)
class SameView:
    """The page: the case with the first report that it came with, what is alike, and what was
    merged before. `into`: the cases that can take in the others, `oldest` of them first and chosen
    at first sight.
    """

    case: Case
    report: Report | None
    opened: str
    unit: str
    rows: list[Row]
    others: list[Row]
    into: list[Option]
    oldest: str
    waves: list[WaveView]
    takes: bool
    undoes: bool
    again: Again | None


@blueprint.get("/cases/<number>/same")
@needs("case.merge")
def same(number: str) -> Page:
    """Show what may be the same matter as a case. Writes nothing."""
    return _shown(number)


@blueprint.post("/cases/<number>/gather")
@needs("case.merge")
def gather(number: str) -> Page:
    """Merge the chosen cases into this one, or with it into another, all or none (一次并案)."""
    reason, into, heads = typed("reason"), typed("into").rpartition(":")[0] or number, _chosen()

    def work(session: Session, case: Case) -> str:
        target, last = case, seen()
        if into != number:
            target = queries.case_by_number(session, scope(), into)
            heads[number] = case.head_n if last is None else last
            last = _pairs([typed("into")]).get(into)
        heads.pop(target.number, None)
        many = gathering.gather(session, actor(), target.id, heads, reason, now(), seen=last)
        return gettext(
            "已把 %(n)s 个办件并入 %(number)s，承办人会收到通知。并错了，可以一次恢复。",
            n=many,
            number=target.number,
        )

    return _carry_out(number, "gather", work, into)


@blueprint.post("/cases/<number>/scatter")
@needs("case.merge")
def scatter(number: str) -> Page:
    """Make all that were merged at once cases of their own again, all or none (一次恢复)."""
    reason, wave = typed("reason"), typed("wave")

    def work(session: Session, case: Case) -> str:
        wave_id = int(wave) if wave.isdecimal() and len(wave) < 10 else 0
        many = gathering.scatter(session, actor(), case.id, wave_id, reason, now())
        return gettext("已恢复 %(n)s 个办件，承办人会收到通知。", n=many)

    return _carry_out(number, "scatter", work)


def _chosen() -> dict[str, int]:
    """Return the chosen cases with the entry up to which each was seen: `430503-2026-000042:7`."""
    return _pairs(request.form.getlist("cases"))


def _pairs(chosen: Sequence[str]) -> dict[str, int]:
    pairs = (one.rpartition(":") for one in chosen)
    return {number: int(head) for number, _, head in pairs if head.isdecimal() and len(head) < 10}


def _carry_out(number: str, key: str, work: Callable[[Session, Case], str], then: str = "") -> Page:
    """Do it and show the page of the case `then`, where that is another one."""
    told: list[str] = []

    def take(session: Session) -> None:
        told[:] = [work(session, queries.case_by_number(session, scope(), number))]

    try:
        change(take)
    except BadInput as wrong:
        errors = {name: _said(words) for name, words in wrong.fields.items()}
        return _shown(number, Again(key, _typed(), errors), 422)
    except (NotPermitted, MoveNotAllowed, Stale) as refused:
        return _shown(number, Again(key, _typed(), {"": _said(refused.told)}), refused.status)
    flash(told[0], "success")
    return redirect(url_for("console.same", number=then or number))


def _said(words: str) -> str:
    """Say what is wrong in the reader's language, also which of many cases it is wrong with."""
    if isinstance(words, Told) and "why" in words.values:
        why = gettext(str(words.values["why"]))
        return gettext(words.text, number=words.values["number"], why=why)
    return gettext(words)


def _typed() -> dict[str, str]:
    return {
        "reason": typed("reason"),
        "cases": "\n".join(_chosen()),
        "wave": typed("wave"),
        "into": typed("into"),
    }


def _shown(number: str, again: Again | None = None, status: int = 200) -> Page:
    with read() as session:
        case = queries.case_by_number(session, scope(), number)
        page = _view(look_at(session, case), again)
    language = request.method != "POST"
    body = render_template("console/same.html", active="work", page=page, language=language)
    return body, status


def _view(sight: Sight, again: Again | None) -> SameView:
    case, reports = sight.case, sight.dossier.reports
    takes = "take_in" in sight.moves
    found = suggesting.of_case(sight.session, scope(), case, reports)
    typed_before = again.typed["cases"].splitlines() if again and again.key == "gather" else None
    known = rows(sight, found, typed_before)
    free = [one for one in known if takes and not one.barred]
    into = targets(sight, free)
    return SameView(
        case=case,
        report=own_report(sight),
        opened=moment_text(case.opened_at),
        unit=sight.dossier.unit_name(case.unit_id) or case.place,
        rows=free,
        others=[one for one in known if not takes or one.barred],
        into=into,
        oldest=again.typed["into"] if again and again.key == "gather" else oldest(sight, free),
        waves=_waves(sight),
        takes=takes,
        undoes=case.state in GIVES_BACK and case.bound_for is None,
        again=again,
    )


def _waves(sight: Sight) -> list[WaveView]:
    found = waves.into(sight.session, sight.case.id)
    merged = waves.lasting(sight.session, [one.id for one in found])
    people = names.users(sight.session, {one.user_id for one in found})
    views = [
        WaveView(
            one.id,
            gettext("%(at)s %(who)s 一次并入", at=moment_text(one.at), who=people[one.user_id]),
            [case for wave_id, case in merged if wave_id == one.id],
        )
        for one in found
    ]
    return [view for view in views if view.cases]
