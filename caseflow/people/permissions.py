"""One table of permissions (design §3 "Who may"). Pure; views name a permission, never a role."""

from caseflow.errors import NotPermitted
from caseflow.people.actor import Actor

OPERATOR, HANDLER, INSPECTOR, UNIT = "operator", "handler", "inspector", "unit"
REVIEWER, SUPERVISOR, LEADER = "reviewer", "supervisor", "leader"
AUDITOR, ADMINISTRATOR = "auditor", "administrator"
SYSTEM, REPORTER = "system", "reporter"

ROLES = (
    OPERATOR,
    HANDLER,
    INSPECTOR,
    UNIT,
    REVIEWER,
    SUPERVISOR,
    LEADER,
    AUDITOR,
    ADMINISTRATOR,
)
OFFICE = (OPERATOR, HANDLER, REVIEWER, SUPERVISOR, LEADER)
_DESK = (OPERATOR, HANDLER, SUPERVISOR)
CASEWORK = (HANDLER, SUPERVISOR)
_CHECK = (REVIEWER, SUPERVISOR)
_HOLDERS = (UNIT, INSPECTOR, HANDLER, SUPERVISOR)

PERMISSIONS: dict[str, tuple[str, ...]] = {
    "ledger.read": (*OFFICE, AUDITOR),
    "desk.log": _DESK,
    "calls.read": (*_DESK, LEADER),
    "duty.read": (*_DESK, LEADER),
    "duty.edit": (OPERATOR, SUPERVISOR),
    "case.answer": _DESK,
    "case.accept": _DESK,
    "case.decline": (SUPERVISOR,),
    "case.refer": (SUPERVISOR,),
    "case.propose": (OPERATOR, HANDLER),
    "case.approve": (SUPERVISOR,),
    "case.reopen": (SUPERVISOR,),
    "case.raise_urgency": _DESK,
    "case.acknowledge": (*_DESK, LEADER),
    "case.countersign": (SUPERVISOR, LEADER),
    "case.split": CASEWORK,
    "case.name_unit": CASEWORK,
    "case.supplement": _DESK,
    "case.ask": CASEWORK,
    "case.resume": (*CASEWORK, SYSTEM, REPORTER),
    "case.retract": (*_DESK, REPORTER),
    "case.ask_review": (*_DESK, REPORTER),
    "case.opine": (SUPERVISOR,),
    "case.conclude": CASEWORK,
    "case.reply": CASEWORK,
    "case.call_back": _DESK,
    "case.close": (*_DESK, SYSTEM),
    "case.close_unsatisfied": (SUPERVISOR,),
    "case.second_look": (HANDLER, REVIEWER, SUPERVISOR, LEADER),
    "case.report_back": CASEWORK,
    "case.sign_back": (*CASEWORK, SYSTEM),
    "case.check_back": (REVIEWER, SUPERVISOR, LEADER),
    "case.waive_back": (SUPERVISOR, LEADER),
    "case.oversee": (SUPERVISOR, LEADER),
    "case.exclude": CASEWORK,
    "case.decide_exclusion": (SUPERVISOR, LEADER),
    "case.tell": _DESK,
    "case.extend": CASEWORK,
    "case.decide": (SUPERVISOR, LEADER),
    "case.note": OFFICE,
    "case.assign": (SUPERVISOR,),
    "case.import": (SUPERVISOR,),
    "ledger.export": (SUPERVISOR, LEADER, AUDITOR),
    "ledger.export_people": (SUPERVISOR,),
    "case.file": (SUPERVISOR, LEADER, AUDITOR),
    "item.dispatch": _DESK,
    "item.reassign": (SUPERVISOR,),
    "item.lift_shield": (SUPERVISOR,),
    "item.object": (UNIT,),
    "item.extend": _HOLDERS,
    "item.decide": (SUPERVISOR,),
    "item.designate": (LEADER, SUPERVISOR),
    "item.sign_for": _HOLDERS,
    "item.hand_in": _HOLDERS,
    "item.visit": (*CASEWORK, INSPECTOR),
    "item.ask_assistance": CASEWORK,
    "item.answer_assistance": (UNIT,),
    "item.record_assistance": CASEWORK,
    "item.release_assistance": (*CASEWORK, SYSTEM),
    "item.share_assistance": CASEWORK,
    "item.find": _HOLDERS,
    "item.submit": _HOLDERS,
    "item.return": _CHECK,
    "item.strike_off": _CHECK,
    "item.hold": (UNIT, INSPECTOR),
    "item.withdraw": CASEWORK,
    "item.consent": (SUPERVISOR, LEADER),
    "item.consent_draft": (*CASEWORK, LEADER),
    "item.statutory": (SUPERVISOR,),
    "item.step_up": (SUPERVISOR,),
    "item.decide_step_up": (LEADER,),
    "item.statutory_outcome": CASEWORK,
    "case.conclude_withdrawn": (SUPERVISOR, LEADER),
    "case.merge": CASEWORK,
    "case.split_off": CASEWORK,
    "case.mediate": CASEWORK,
    "case.shelve": CASEWORK,
    "case.decide_shelving": (LEADER,),
    "case.milestone": CASEWORK,
    "case.take_up": (*CASEWORK, LEADER, SYSTEM),
    "case.pass_on": (SUPERVISOR,),
    "case.receive": CASEWORK,
    "order.read": (HANDLER, REVIEWER, SUPERVISOR, LEADER, AUDITOR),
    "order.issue": (SUPERVISOR, LEADER),
    "order.edit": (HANDLER, SUPERVISOR, LEADER),
    "order.sign_for": (UNIT,),
    "order.answer": (UNIT, SUPERVISOR, LEADER),
    "order.judge": (SUPERVISOR, LEADER),
    "order.lift": (SUPERVISOR, LEADER),
    "circular.read": (REVIEWER, SUPERVISOR, LEADER, AUDITOR),
    "circular.draft": (SUPERVISOR,),
    "circular.check": _CHECK,
    "circular.return": (*_CHECK, LEADER),
    "circular.sign": (LEADER,),
    "circular.publish": (SUPERVISOR, LEADER),
    "accountability.read": (SUPERVISOR, LEADER, AUDITOR),
    "accountability.record": (SUPERVISOR, LEADER),
    "accountability.decide": (LEADER,),
    "accountability.original": (SUPERVISOR,),
    "vault.reveal": _DESK,
    "vault.original": CASEWORK,
    "quarantine.look": _DESK,
    "outbox.read": (SUPERVISOR, ADMINISTRATOR),
    "outbox.requeue": (SUPERVISOR, ADMINISTRATOR),
    "policy.read": (*OFFICE, AUDITOR, ADMINISTRATOR),
    "policy.edit": (ADMINISTRATOR,),
    "calendar.read": (*OFFICE, AUDITOR, ADMINISTRATOR),
    "calendar.edit": (ADMINISTRATOR,),
    "figures.read": (SUPERVISOR, LEADER, AUDITOR),
    "people.read": (SUPERVISOR, LEADER, AUDITOR, ADMINISTRATOR),
    "people.edit": (ADMINISTRATOR,),
    "people.send_away": (SUPERVISOR, ADMINISTRATOR),
    "account.own": ROLES,
    SYSTEM: (SYSTEM,),
}


def may(actor: Actor, permission: str) -> bool:
    """Tell whether the actor's role carries `permission`; an unknown name raises KeyError."""
    return actor.role in PERMISSIONS[permission]


def require(actor: Actor, permission: str) -> None:
    """Raise NotPermitted unless the actor's role carries `permission`."""
    if not may(actor, permission):
        raise NotPermitted("您的岗位没有这项权限")
