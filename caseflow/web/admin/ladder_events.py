"""A ladder's page: what events bring before their dates, and which of three it may begin with."""

from collections.abc import Iterator
from typing import Any

from caseflow.deadlines.ladder import Event, Ladder, Trigger
from caseflow.deadlines.steps import BY_EVENT, TypedTrigger, added, brought, taken
from caseflow.errors import BadInput
from caseflow.escalation.defaults import SHIPPED
from caseflow.web.admin.frame import number
from caseflow.web.admin.ladder_words import EVENTS, brought_text, event_text, label_text
from caseflow.web.edge import typed
from caseflow.web.locale import gettext

TAKE_ON = "events"
_TIMES = {Event.sent_back: "第几次退回", Event.many_reports: "有几人反映"}
_STARTS = {
    "mission": "先通报、后约谈",
    "petition": "信访工作条例的次序：先约谈、后通报",
    "bureau": "到期次日催办，五个工作日后通报，再提级",
}


def fields(of: Ladder, *, posted: bool) -> list[dict[str, Any]]:
    """Return for each event its fields, as they stand or as they were typed; none where a ladder
    has no documents.
    """
    choices = [(step.label, label_text(step)) for step in brought(of)]
    if not choices:
        return []
    return [
        {
            "key": str(event),
            "title": gettext(EVENTS[event]),
            "choices": choices,
            "times": gettext(_TIMES[Event(event)]),
            "days": bool(BY_EVENT[event]),
            "values": _typed_values(event) if posted else _values(of.trigger(event)),
        }
        for event in BY_EVENT
    ]


def _typed_values(event: str) -> dict[str, str]:
    return {one: typed(f"{one}-{event}") for one in ("brings", "times", "days")}


def _values(trigger: Trigger | None) -> dict[str, str]:
    if trigger is None:
        return {"brings": "", "times": "", "days": ""}
    days = str(trigger.days) if trigger.days else ""
    return {"brings": trigger.label, "times": str(trigger.times), "days": days}


def rows(of: Ladder) -> list[tuple[str, str]]:
    """Return what each event brings, as a page lists it."""
    return [(event_text(one), brought_text(of, one)) for one in of.triggers]


def names() -> dict[str, str]:
    """Return what the fields of an event are called where something in them is wrong."""
    return {event: gettext(name) for event, name in EVENTS.items()}


def typed_in(of: Ladder) -> Iterator[TypedTrigger] | None:
    """Return what was typed about events; None for a ladder that knows none."""
    if not brought(of):
        return None
    return (
        TypedTrigger(
            event=event,
            label=typed(f"brings-{event}"),
            times=number(f"times-{event}"),
            days=number(f"days-{event}"),
        )
        for event in BY_EVENT
    )


def starts(of: Ladder) -> list[dict[str, str]]:
    """Return the three ladders that one for units may begin with anew, each with its steps."""
    if of.name != "units":
        return []
    return [
        {"value": name, "label": gettext(title), "hint": _steps(SHIPPED[name])}
        for name, title in _STARTS.items()
    ]


def _steps(of: Ladder) -> str:
    return " → ".join(label_text(step) for step in of.steps)


def offered(of: Ladder) -> list[tuple[str, str]]:
    """Return, as a page lists it, what shipped ladders let events bring and this one does not."""
    return [(event_text(one), brought_text(of, one)) for one in _lacking(of)]


def _lacking(of: Ladder) -> tuple[Trigger, ...]:
    """Return the triggers of the first shipped ladder whose documents this one has, as far as it
    names nothing for their events: an office that was there before them never got them.
    """
    known = {step.label for step in brought(of)}
    fitting = (
        one.triggers for one in SHIPPED.values() if {each.label for each in one.triggers} <= known
    )
    return tuple(one for one in next(fitting, ()) if of.trigger(one.event) is None)


def begun(of: Ladder) -> Ladder:
    """Return the version that begins anew with the chosen ladder, or takes on what is `offered`.

    Raises BadInput.
    """
    if typed("begin") == TAKE_ON:
        return added(of, _lacking(of))
    chosen = SHIPPED.get(typed("start"))
    if chosen is None or chosen.name != of.name:
        raise BadInput({"": "请选择一套阶梯"})
    return taken(of, chosen)
