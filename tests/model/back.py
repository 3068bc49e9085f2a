"""The model's reports back to the offices that handed a matter down (办结报告): written, checked by
other eyes, sent, signed for; the case closes only then (docs/decisions/0064).
"""

from datetime import datetime

from tests.model.matters import Case, may, need
from tests.model.office import Person
from tests.model.states import ENDED
from tests.model.things import Mail, Said


def owed(case: Case) -> dict[int, str]:
    """Return what stands for each report whose sender has not signed: nothing, or how far it is."""
    stands = {n: case.backs.get(n, ("", ""))[0] for n, one in case.letters.items() if one.asks}
    return {n: state for n, state in stands.items() if state != "done"}


def hold(case: Case, now: datetime, *, ripe: bool = True) -> bool:
    """Tell whether a signature is owed. Sending is promised once nothing else is left, the
    signature once it is sent.
    """
    states = owed(case).values()
    _run(case, "report_back", now, wanted=ripe and any(one != "sent" for one in states))
    _run(case, "signed_back", now, wanted="sent" in states)
    return bool(states)


def _run(case: Case, name: str, now: datetime, *, wanted: bool) -> None:
    if wanted and not case.alive("case", name):
        case.start(name, "case", now)
    if not wanted:
        case.stop("case", now, name)


def _asked(case: Case, person: Person, said: Said, move: str, *states: str) -> str:
    """Return who wrote what stands for a report; refuse where it is not one of these."""
    may(person, f"{move}_report_back", case)
    need(said.report in owed(case), "no report back is owed")
    state, by = case.backs.get(said.report, ("", ""))
    need(state in states, "the report back's state")
    return by


def draft_report_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Written, or written anew before it is sent."""
    _asked(case, person, said, "draft", "", "drafted", "checked")
    case.backs[said.report] = ("drafted", person.name)


def check_report_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By other eyes."""
    by = _asked(case, person, said, "check", "drafted")
    need(by != person.name, "four eyes")
    case.backs[said.report] = ("checked", by)


def return_report_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By other eyes; another one is to be written."""
    by = _asked(case, person, said, "return", "drafted")
    need(by != person.name, "four eyes")
    del case.backs[said.report]


def send_report_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Only what was checked; what is mailed is sent once the mail server took it. Never a tip."""
    by = _asked(case, person, said, "send", "checked")
    need(not said.mailed or case.kind != "tip", "a tip is not mailed")
    if said.mailed:
        case.last_mail[said.report] = Mail(said.report, now)
        case.mails.append(case.last_mail[said.report])
    elif said.report in case.last_mail:
        del case.last_mail[said.report]
    case.backs[said.report] = ("sending" if said.mailed else "sent", by)
    _sent(case, now)


def mail_taken(case: Case, mail: Mail, now: datetime) -> None:
    """The mail server took it: it is sent, where nobody sent another since."""
    mail.taken = True
    state, by = case.backs.get(mail.n, ("", ""))
    if state == "sending" and case.last_mail[mail.n] is mail:
        case.backs[mail.n] = ("sent", by)
        _sent(case, now)


def mail_lost(case: Case, mail: Mail, now: datetime) -> None:
    """Given up, or it came back before anybody signed: to be sent anew."""
    case.mails.remove(mail)
    state, by = case.backs.get(mail.n, ("", ""))
    if state in ("sending", "sent") and case.last_mail.get(mail.n) is mail:
        case.backs[mail.n] = ("checked", by)
        _go_on(case, now)


def _sent(case: Case, now: datetime) -> None:
    if set(owed(case).values()) == {"sent"}:
        case.meet("case", now, "report_back")
    _go_on(case, now)


def sign_report_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """The sender has it."""
    by = _asked(case, person, said, "sign", "sent")
    case.backs[said.report] = ("done", by)
    if "sent" not in owed(case).values():
        case.meet("case", now, "signed_back")
    _go_on(case, now)


def refuse_report_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """The sender does not take it."""
    _asked(case, person, said, "refuse", "sent")
    del case.backs[said.report]
    _go_on(case, now)


def waive_report_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """The sender wants none any more."""
    by = _asked(case, person, said, "waive", "", "drafted", "checked", "sending", "sent")
    case.backs[said.report] = ("done", by)
    _go_on(case, now)


def _go_on(case: Case, now: datetime) -> None:
    from tests.model.calling import signed  # it asks this module whether a case is held

    if case.state in ENDED:
        hold(case, now)
    else:
        signed(case, now)


def on_case(move: str, case: Case) -> bool:
    """Tell whether a move has something to be about."""
    states = set(owed(case).values())
    wanted = {
        "draft": {""},
        "check": {"drafted"},
        "return": {"drafted"},
        "send": {"checked"},
        "sign": {"sent"},
        "refuse": {"sent"},
        "waive": {""},
    }
    return bool(states & wanted[move.partition("_")[0]])


MOVES = {
    move.__name__: move
    for move in (
        *(draft_report_back, check_report_back, return_report_back, send_report_back),
        *(sign_report_back, refuse_report_back, waive_report_back),
    )
}
