"""The states of the model's cases and items, and the moves that each allows (design §3)."""

OVER = ("struck_off", "withdrawn", "statutory")
VERIFIES = ("dispatched", "objected", "verifying")
OPEN = ("received", "accepted", "handling", "awaiting_reporter", "replying", "calling_back")
GOING = (*OPEN, "shelved")
ENDED = ("answered", "declined", "referred", "closed")
_BEGUN = ("accepted", "handling")
_LEFT_OUT = ("answered", "closed")

# All that may happen to a case that is on its way to another office.
ON_ITS_WAY = (
    *("receive", "send_back", "take_back", "oversee"),
    *("note", "tell", "raise_urgency", "acknowledge", "countersign", "retract"),
)

# All that may happen to the case of a review: nobody investigates there.
OF_REVIEW = (
    *("opine", "reply", "close", "ask_review", "answer_later", "note", "assign"),
    *("raise_urgency", "acknowledge", "countersign", "hand_over", "retract"),
)
REVIEWED = ("answered", "replying", "calling_back", "closed")

# In which states of a case a move may be made; of moves of items `AT` says the item's states.
IN = {
    "answer": ("received",),
    "accept": ("received",),
    "decline": ("received", *_BEGUN),
    "refer": ("received", *_BEGUN),
    "raise_urgency": GOING,
    "acknowledge": GOING + ENDED,
    "countersign": GOING + ENDED,
    "note": GOING + ENDED,
    "split": _BEGUN,
    "dispatch": _BEGUN,
    "ask": _BEGUN,
    "supplement": ("received",),
    "resume": ("awaiting_reporter",),
    "retract": ("received", *_BEGUN, "awaiting_reporter", "shelved"),
    "mediate": (*_BEGUN, "awaiting_reporter", "shelved"),
    "hand_over": GOING + ENDED,
    "conclude": ("accepted",),
    "conclude_withdrawn": _BEGUN,
    "reply": ("replying",),
    "call_back": ("calling_back",),
    "close": ("calling_back",),
    "explain": ("calling_back",),
    "reopen": ("answered", "declined", "replying", "calling_back", "closed"),
    "second_look": ("answered", "declined"),
    **dict.fromkeys(
        ("propose_decline", "propose_refer", "approve", "refuse_proposal"), ("received", *_BEGUN)
    ),
    "answer_later": ENDED,
    "decline_ended": ("received", *_BEGUN),
    "extend_case": _BEGUN,
    "grant_case": (*_BEGUN, "awaiting_reporter"),
    "refuse_case": (*_BEGUN, "awaiting_reporter"),
    "tell": (*GOING[1:], *ENDED),
    "assign": GOING,
    "oversee": GOING + ENDED,
    **{
        f"{step}_report_back": ("replying", "calling_back", *ENDED[:3])
        for step in ("draft", "check", "return", "send", "sign", "refuse", "waive")
    },
    "name_unit": OPEN,
    "merge": ("received", *_BEGUN),
    "take_in": ("received", *_BEGUN, "awaiting_reporter"),
    "unmerge": ("merged",),
    "split_off": _BEGUN,
    "ask_review": REVIEWED,
    "opine": ("accepted",),
    **dict.fromkeys(("pass_on", "take_back", "receive", "send_back"), ("received", *_BEGUN)),
    "give_back": ("received", *_BEGUN, "declined", "referred", "replying"),
    "ask_shelving": _BEGUN,
    "shelve": _BEGUN,
    "refuse_shelving": _BEGUN,
    "take_up": ("shelved",),
    "meet_milestone": ("shelved",),
    "ask_milestone": ("shelved",),
    "move_milestone": ("shelved",),
    "refuse_milestone": ("shelved",),
    "ask_exclusion": _LEFT_OUT,
    "exclude": _LEFT_OUT,
    "refuse_exclusion": _LEFT_OUT,
    "lift_exclusion": _LEFT_OUT,
}
_UNDER_WAY = (*VERIFIES, "rectifying", "submitted")
AT = {
    "edit": ("draft",),
    "dispatch": ("draft",),
    "reassign": ("dispatched", "verifying"),
    "object": ("dispatched", "verifying"),
    "reject_objection": ("objected",),
    "dispatch_anew": ("objected",),
    "designate": ("objected",),
    "sign_for": ("dispatched", "rectifying"),
    "hand_in": ("verifying", "rectifying"),
    "find": ("verifying",),
    "submit": ("rectifying",),
    "return": ("submitted",),
    "strike_off": ("submitted",),
    "extend": ("verifying", "rectifying"),
    "grant": ("verifying", "rectifying"),
    "refuse": ("verifying", "rectifying"),
    "withdraw": ("draft", *_UNDER_WAY),
    "consent_withdrawal": ("draft", *_UNDER_WAY),
    "refuse_withdrawal": ("draft", *_UNDER_WAY),
    "statutory": ("draft", *_UNDER_WAY),
    "statutory_outcome": ("statutory",),
    "visit": ("verifying", "rectifying", "submitted"),
    "ask_assistance": (*VERIFIES, "rectifying"),
    "answer_assistance": _UNDER_WAY,
    "record_assistance": _UNDER_WAY,
    "release_assistance": _UNDER_WAY,
    "share_assistance": _UNDER_WAY,
    **dict.fromkeys(("ask_step_up", "step_up"), ("dispatched", "verifying", "rectifying")),
    "refuse_step_up": _UNDER_WAY,
    "sign_off": ("verifying", "rectifying"),
    "unsign": ("verifying", "rectifying"),
}
