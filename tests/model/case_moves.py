"""The model's moves of cases (design §3)."""

from datetime import datetime

from tests.model import back, days, promises
from tests.model.above import came_back, oversee
from tests.model.calling import call_back, called, close, countersigned, explain, go_on
from tests.model.excluding import counts_again
from tests.model.item_moves import conclude_when_done, hasten, lapse, undecided_lapses
from tests.model.matters import Case, Letter, Sent, may, need, not_ordered
from tests.model.office import PEOPLE, Person, first_handler, in_post, manages, reaches
from tests.model.promises import Promise
from tests.model.states import ENDED
from tests.model.things import Item, Said

CALLED_BACK = ("complaint", "help")
WITHOUT_ITEMS = ("question", "suggestion")
AT_ONCE = ("telephone", "track", "impossible")


def opened(
    n: int,
    now: datetime,
    area: str,
    kind: str,
    reach: str,
    about: str,
    *,
    urgent: bool = False,
    petition: bool = False,
    agreed: bool = False,
    imposed: datetime | None = None,
    category: str = "",
    asks: bool = False,
) -> Case:
    """A report comes in and opens a case; an imposed due moment wins where it is earlier."""
    called = kind in CALLED_BACK or (kind == "tip" and agreed)
    case = Case(area, kind, petition, urgent, about, n)
    case.named |= {about} - {""}
    case.dangers |= {n} if urgent else set()
    case.category = "" if petition else category  # a matter has one
    wants = bool(reach) and called
    came = (kind, petition, case.category, bool(imposed), reach, wants, asks)
    case.letters[n] = Letter(n, *came, home=n, lies=case)
    case.start("immediate", "case", now)
    resolve = case.start("resolve", "case", now)
    if imposed:
        resolve.due = min(resolve.due, imposed)
    case.start("notice", f"report {n}", now)
    case.start("reply", f"report {n}", now).due = resolve.due
    return case


def more_said(case: Case, now: datetime, *, retaliation: bool) -> None:
    """The reporter says more: no new promise but where somebody takes revenge, or where all is over
    and no answer to them is still to be written. What was sent off already answers nothing newer.
    """
    letter = case.letters[min(case.reach)]
    letter.words += 1
    said = [one.on for one in case.alive("all", "reply") if letter.has_word(one.on)]
    said = [on for on in said if not case.is_on_its_way(on)]
    if not retaliation and case.state in ENDED and not said:
        for name in ("notice", "reply"):
            case.start(name, letter.word(letter.words), now)
    case.dangers |= {min(case.reach)} if retaliation else set()
    if retaliation and not (case.urgent and case.alive("case", "immediate")):
        _make_urgent(case, now)


def answer(case: Case, person: Person, said: Said, now: datetime) -> None:
    """`answered` is for questions; anything else gets other eyes the next working day."""
    may(person, "answer", case)
    countersigned(case)
    undecided_lapses(case, now)
    case.state, case.decided_by = "answered", person.name
    for n in case.reach:
        case.replied[n] = now
        case.sent[n] = now
        case.meet(f"report {n}", now, "notice", "reply")
    case.meet("all", now, "resolve")
    case.handled(now)
    if case.kind != "question":
        case.start("second_look", "case", now)
    back.hold(case, now)


def accept(case: Case, person: Person, said: Said, now: datetime) -> None:
    """From now on somebody handles it."""
    may(person, "accept", case)
    undecided_lapses(case, now)
    case.state, case.once_accepted = "accepted", True
    case.handler = case.handler or first_handler(person, case.area, case.about)
    announce(case, now)


def decline(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Every `declined` goes to another person the next working day."""
    may(person, "decline", case)
    left(case, "declined", now)
    case.decided_by = person.name
    case.start("second_look", "case", now)


def refer(case: Case, person: Person, said: Said, now: datetime) -> None:
    """To whoever is competent."""
    may(person, "refer", case)
    left(case, "referred", now)


def left(case: Case, state: str, now: datetime) -> None:
    """What was promised to the reporter (`notice`) goes on, and whoever was told of an earlier
    decision and can be reached is owed word of this one; an urgent matter goes on urging.
    """
    countersigned(case)
    not_ordered(case)
    case.state = state
    case.handled(now)
    announce(case, now)
    for n, reach in case.reach.items():
        if reach and not case.alive(f"report {n}", "notice"):
            case.start("notice", f"report {n}", now)
    case.let_go(now, "notice", "immediate")
    case.more_time = case.shelving = case.proposal = None
    for item in case.items:
        item.more_time = item.withdrawal = item.step_up = None
    back.hold(case, now)


def announce(case: Case, now: datetime) -> None:
    """Whoever cannot be reached sees the decision on the tracking page."""
    for n, reach in case.reach.items():
        if not reach:
            case.meet(f"report {n}", now, "notice")


def second_look(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By another person than whoever decided."""
    may(person, "second_look", case)
    need(bool(case.alive("case", "second_look")), "nothing to look at")
    need(person.name != case.decided_by, "four eyes")
    case.meet("case", now, "second_look")


def raise_urgency(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Somebody must take over within the hour."""
    may(person, "raise_urgency", case)
    need(not (case.urgent and case.alive("case", "immediate")), "urgent already")
    case.dangers.add(None)
    _make_urgent(case, now)


def _make_urgent(case: Case, now: datetime) -> None:
    case.urgent = True
    case.stop("case", now, "immediate")
    case.start("immediate", "case", now)


def acknowledge(case: Case, person: Person, said: Said, now: datetime) -> None:
    """A named person takes over; no call to the police is countersigned."""
    may(person, "acknowledge", case)
    need(case.urgent and bool(case.alive("case", "immediate")), "nobody is waited for")
    case.meet("case", now, "immediate")
    case.countersign = case.countersign or not said.police
    case.took_over.add(person.name)


def countersign(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By somebody else than whoever took over."""
    may(person, "countersign", case)
    need(case.countersign, "nothing to countersign")
    need(person.name not in case.took_over, "four eyes")
    case.countersign = False
    case.took_over.clear()
    go_on(case, now)


def split(case: Case, person: Person, said: Said, now: datetime) -> None:
    """One item more."""
    may(person, "split", case)
    case.items_ever += 1
    case.items.append(Item(case.items_ever))


def ask(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Ask the reporter: what may stand still does, for ten working days at the most."""
    may(person, "ask", case)
    wait(case, said, now)


def wait(case: Case, said: Said, now: datetime) -> None:
    """Wait for whoever sent a report."""
    case.resume_to, case.state, case.asked_of = case.state, "awaiting_reporter", said.report
    undecided_lapses(case, now)
    case.asked_until = days.working_days(now, promises.PAUSE)
    for one in case.alive("all"):
        if _asked_of(case, one, said.report):
            one.stand_still(now, case.asked_until)


def _asked_of(case: Case, one: Promise, report: int) -> bool:
    """Nobody waits longer for what another is asked, nor does what was promised to them."""
    if one.on.startswith("report"):
        return one.on == f"report {report}"
    if one.on.startswith("later"):
        return case.letters[report].has_word(one.on)
    if one.name == "resolve":
        home = case.letters[report].home
        return one.on == ("case" if home == case.n else f"case {home}")
    return True


def resume(case: Case, person: Person | None, said: Said, now: datetime) -> None:
    """The reporter answered (nobody's move), or somebody goes on without."""
    need(case.state == "awaiting_reporter", "the case's state")
    if person is not None:
        may(person, "resume", case)
    case.state, case.resume_to, case.asked_until, case.asked_of = case.resume_to, "", None, None
    if case.state == "received" and not case.urgent:  # as new
        case.start("immediate", "case", now)
    for one in case.alive("all"):
        one.run_on(now)
    if len(case.letters) > 1:  # nobody else waits longer for what one was asked
        hasten(case, now)
    conclude_when_done(case, now)


def conclude(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Questions and suggestions go to the reply without items."""
    may(person, "conclude", case)
    need(case.kind in WITHOUT_ITEMS and not case.items, "items are needed")
    case.state = "replying"
    case.handled(now)
    lapse(case, None, now)


def conclude_withdrawn(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Nothing but withdrawn items: a second person says so."""
    may(person, "conclude_withdrawn", case)
    here = [item for item in case.items if item.round == case.reopened]
    over = all(item.state in ("struck_off", "withdrawn", "statutory") for item in case.items)
    gone = all(item.state == "withdrawn" for item in here)
    need(bool(here) and over and gone, "not all withdrawn")
    need(person.name not in {item.withdrawn_by for item in here}, "four eyes")
    need(not any(person.away and person.away in x.units for x in case.items), "must keep away")
    case.state = "replying"
    case.handled(now)
    lapse(case, None, now)


def reply(case: Case, person: Person, said: Said, now: datetime) -> None:
    """A message counts once the channel took it, everything else at once."""
    may(person, "reply", case)
    need(said.way != "message" or "email" in case.reach[said.report], "no address")
    case.sent[said.report] = now
    if said.way == "message":
        case.waiting.append(Sent(case.letters[said.report], case.reopened))
        return
    case.replied[said.report] = now
    _kept(case, case.letters[said.report], now, "reply", "notice")
    go_on(case, now)


def _kept(case: Case, letter: Letter, now: datetime, *names: str) -> None:
    """A reply in a case that goes on answers what its sender said while it was over, too."""
    case.meet(f"report {letter.n}", now, *names)
    for one in case.alive("all", *names) if case.state not in ENDED else ():
        if letter.has_word(one.on):
            one.end("met", now)


def delivered(case: Case, now: datetime) -> None:
    """The channel took the oldest reply that waits. One of an earlier round is word all the same,
    wherever the report is by now, but keeps no other promise.
    """
    letter, of_round, word = case.waiting.pop(0)
    report = letter.n
    if word:
        names = ("reply", "notice") if of_round == case.reopened else ("notice",)
        letter.lies.meet(letter.word(word), now, *names)
    elif of_round == case.reopened:
        case.replied[report] = now
        _kept(letter.lies, letter, now, "reply", "notice")
        go_on(case, now)
    else:
        _kept(letter.lies, letter, now, "notice")


def reopen(case: Case, person: Person, said: Said, now: datetime, *, ordered: bool = False) -> None:
    """Handled again, with fresh promises; `ordered`: the office above wants another answer."""
    may(person, "reopen", case)
    called(case, now)
    counts_again(case, now)
    case.state, case.reopened = "accepted", case.reopened + 1
    case.replied, case.calls, case.explained = {}, [], set()
    case.backs, case.ended = {}, False
    for letter in case.letters.values():
        letter.ordered, letter.taken_back = ordered, False
    case.stop("case", now, "report_back", "signed_back")
    case.once_accepted = True
    if not case.handler:  # whoever takes it up, but not for another office
        own = person.name if person.area == case.area else in_post(case.area, case.about)
        hand_over(case, own or person.name)
    for one in case.alive("all", "notice"):
        if one.on.startswith("later"):
            one.end("stopped", now)
    case.stop("all", now, "call_back", "second_look", "resolve", "reply")
    if not case.alive("case", "immediate"):
        case.start("immediate", "case", now)
    due = case.start("resolve", "case", now).due
    for n in case.reach:
        case.start("reply", f"report {n}", now).due = due
    came_back(case, None, now)


def hand_over(case: Case, name: str) -> None:
    """Whoever handles a case has a hand in what is under way."""
    case.handler = name
    for item in case.items:
        if item.state not in ("draft", "struck_off", "withdrawn", "statutory"):
            item.hands.add(name)


def assign(case: Case, person: Person, said: Said, now: datetime) -> None:
    """To a handler, or a supervisor, who sees it."""
    may(person, "assign", case)
    other = PEOPLE[said.person]
    need(other.role in ("handler", "supervisor"), "no handler")
    need(reaches(other, case.area, case.about), "out of their sight")
    hand_over(case, other.name)


def name_unit(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Say which unit was reported; of a tip never one that verifies it, or manages who does."""
    may(person, "name_unit", case)
    need(said.unit != case.about, "the same unit")
    need(person.away != said.unit, "must keep away")
    items = [item for one in case.family() for item in one.items]
    verify = [item.verifying for item in items if item.verifying]
    wrong = case.kind == "tip" and any(manages(said.unit, unit) for unit in verify)
    need(not wrong, "a unit reported would verify")
    beside = [one.unit for item in items for one in item.assisted if one.owes]
    wrong = case.kind == "tip" and any(manages(said.unit, unit) for unit in beside)
    need(not wrong, "a unit reported assists")
    case.about = said.unit
    case.named.add(said.unit)
    if case.handler and not reaches(PEOPLE[case.handler], case.area, case.about):
        hand_over(case, first_handler(person, case.area, case.about))


def tell(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Told by telephone what was decided, and recorded."""
    may(person, "tell", case)
    need(case.resume_to != "received", "nothing is decided")
    case.meet(f"report {said.report}", now, "notice")


def note(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Nothing changes."""
    may(person, "note", case)


MOVES = {
    move.__name__: move
    for move in (
        *(answer, accept, decline, refer, second_look, raise_urgency, acknowledge, countersign),
        *(split, ask, resume, conclude, conclude_withdrawn, reply, call_back, close, reopen),
        *(explain, oversee),
        *(assign, name_unit, tell, note),
    )
}
