"""The state tables as data (design §3). Pure. One gate reads them; nobody else asks a state.

Each edge says which move leads where, who may (a permission of `people.permissions`) and why,
in words. `STAY` as target means that the move is recorded and the state remains.
"""

from caseflow.ledger.back_states import BACK_MOVES, OWES_BACK
from caseflow.ledger.edges import NOTHING, STAY, SYSTEM, Edge, edges
from caseflow.ledger.edges import each as _from

__all__ = ["NOTHING", "STAY", "SYSTEM", "Edge", "edges"]

KINDS = ("question", "help", "suggestion", "complaint", "tip")
FINDINGS = ("substantiated", "partly", "unsubstantiated", "unverifiable")
TO_RECTIFY = ("substantiated", "partly")
OUTCOMES = ("rectified", "unsubstantiated", "unverifiable", "statutory")
RETRACTED = ("settled", "withdrawn")
"""Why a reporter takes a report back: it was settled, or they do not want it looked into."""
MEDIATED = ("agreed", "partly", "not_agreed")
"""What a mediation came to."""
DISCLOSURES = ("withheld", "relay", "unit")
WITHOUT_ITEMS = ("question", "suggestion")

CASE_STATES = (
    "received",
    "answered",
    "declined",
    "referred",
    "merged",
    "accepted",
    "handling",
    "awaiting_reporter",
    "shelved",
    "replying",
    "calling_back",
    "closed",
    "void",
)
OPEN_CASE_STATES = (
    "received",
    "accepted",
    "handling",
    "awaiting_reporter",
    "shelved",
    "replying",
    "calling_back",
)
ITEM_STATES = (
    "draft",
    "dispatched",
    "objected",
    "verifying",
    "rectifying",
    "submitted",
    "struck_off",
    "withdrawn",
    "statutory",
)
ITEM_DONE = ("struck_off", "withdrawn", "statutory")
COUNTED_APART = ("withdrawn", "statutory")
"""Over, and never struck off: no part of how many were and how many are still to be."""

# A merged case is another one's: nothing happens in it but that it becomes a case of its own again.
# A void one should never have been: nothing happens in it at all.
_OF_ITSELF = tuple(state for state in CASE_STATES if state not in ("merged", "void"))
UNANSWERED = ("received", "accepted", "handling", "awaiting_reporter")
BROUGHT_UP = UNANSWERED
"""States of a case in which it is brought before the level above: it has just come back."""
TAKEN_BACK = (*UNANSWERED, "shelved")
"""States of a case whose reporter may take back what they reported."""
_IN_WORK = tuple(state for state in OPEN_CASE_STATES if state != "shelved")
TAKES_IN = UNANSWERED
"""States of a case in which another one may be merged into it: what it is about is still open."""
PROPOSED = ("received", "accepted", "handling")
"""States of a case in which it can be declined or referred, and either be proposed."""
GIVES_BACK = ("received", "accepted", "handling", "replying", "declined", "referred")

SHELVABLE = ("accepted", "handling")
"""States of a case that may be shelved: it was accepted, and nobody waits for its reporter."""

SPLIT = ("accepted", "handling")
"""States of a case that may be split: it was accepted, and nobody waits for its reporter."""

PASSED_ON = ("received", "accepted", "handling")
"""States of a case that may go to another office: nobody waits for its reporter, or answers."""
OF_RECEIVER = ("receive", "send_back")
"""Moves of the office that a case was passed on to, before it is that office's."""
WHILE_PASSED_ON = (
    *OF_RECEIVER,
    *("take_back", "raise_urgency", "acknowledge", "countersign", "note", "tell", "retract"),
    "oversee",
)
"""What may happen to a case that waits to be signed for by another office: nothing that would make
it another case than the one that office reads; danger is never kept waiting.
"""

ONLY_REVIEW = ("review", "opine")
"""Moves of a case in which the office above reviews an answer (复查, 复核), and of no other."""
OF_REVIEW = (
    *ONLY_REVIEW,
    *("reply", "close", "ask_review", "answer_later", "note", "retract"),
    *("assign", "hand_over", "fall_back", "raise_urgency", "acknowledge", "countersign"),
)
"""All that may happen in such a case: nobody investigates there, waits, or passes it on."""
CLAIMS = ("help", "complaint")
"""Kinds of matters whose reporters ask for something of their own (信访工作条例 §35)."""
REVIEWED = ("answered", "replying", "calling_back", "closed")
"""States of a case whose reporter, once answered, may ask the office above for a review."""
OPINIONS = ("upheld", "changed", "redone")
"""What a review comes to: the answer stands, is another one, or the matter is handled again."""
NO_HAND = (
    *("note", "reveal", "hand_out", "ask_review", "reviewed", "reopen", "tell", "oversee"),
    *("open_file", "exclude", "refuse_exclusion", "lift_exclusion"),
)
"""What leaves nobody a part in how a matter was handled, of whose answer they give an opinion: not
that they urged it from above, nor whether the figures count it. Who looked at an answer again and
agreed (`second_look`), or would not have it count (`ask_exclusion`), has judged already.
"""
ENDS = ("answered", "declined", "referred", "closed")
"""States of a case that is over: whoever writes later is answered on their own."""

NOT_CLOSED = tuple(one for one in CASE_STATES if one not in (*OPEN_CASE_STATES, "closed"))
"""States of a case that is not open any more, though it was never closed."""


IMPORTED_AS = ("received", "accepted", "closed")
"""States in which a row of the ledger that the office kept before begins here (导入)."""
_IMPORTED_WHY = (
    "旧台账没有办结也没有受理，接着办理",
    "旧台账已经受理，接着办理",
    "旧台账已经办结，按原来的记载导入",
)

EXCLUDED = ("answered", "closed")
"""States of a case that may be left out of the figures: over, and not counted apart already."""


CASE_EDGES: tuple[Edge, ...] = (
    Edge("answer", "received", "answered", "case.answer", "当场答复清楚，无需交办"),
    Edge("accept", "received", "accepted", "case.accept", "属于受理范围"),
    *_from(
        ("received", "accepted", "handling"),
        "decline",
        "declined",
        "case.decline",
        "不属于受理范围，说明理由",
    ),
    *_from(
        ("received", "accepted", "handling"),
        "refer",
        "referred",
        "case.refer",
        "由其他机关管辖，转送并告知",
    ),
    *_from(PROPOSED, "propose_decline", STAY, "case.propose", "认为不属于受理范围，请负责人审批"),
    *_from(PROPOSED, "propose_refer", STAY, "case.propose", "认为由其他机关管辖，请负责人审批"),
    *_from(PROPOSED, "refuse_proposal", STAY, "case.approve", "不同意拟办意见，照常办理"),
    *_from(
        OPEN_CASE_STATES,
        "raise_urgency",
        STAY,
        "case.raise_urgency",
        "孩子可能处于危险，须专人接手",
    ),
    *_from(_OF_ITSELF, "acknowledge", STAY, "case.acknowledge", "紧急事项由专人确认接手"),
    *_from(_OF_ITSELF, "countersign", STAY, "case.countersign", "未报警的理由由另一人会签"),
    *_from(("accepted", "handling"), "split", STAY, "case.split", "拆分为问题项"),
    Edge("dispatch", "accepted", "handling", "item.dispatch", "第一个问题项已交办"),
    Edge("dispatch", "handling", STAY, "item.dispatch", "再交办一个问题项"),
    *_from(("accepted", "handling"), "ask", "awaiting_reporter", "case.ask", "请反映人补充材料"),
    Edge(
        "supplement",
        "received",
        "awaiting_reporter",
        "case.supplement",
        "材料不全，受理前请反映人补正一次",
    ),
    Edge("resume", "awaiting_reporter", "received", "case.resume", "补正完成或期限已到"),
    Edge("resume", "awaiting_reporter", "accepted", "case.resume", "材料补齐或期限已到"),
    Edge("resume", "awaiting_reporter", "handling", "case.resume", "材料补齐或期限已到"),
    *_from(
        TAKEN_BACK,
        "retract",
        STAY,
        "case.retract",
        "反映人撤回或已和解；是否继续由办公室决定",
    ),
    Edge("conclude", "accepted", "replying", "case.conclude", "咨询、建议无需问题项，直接答复"),
    Edge("conclude", "handling", "replying", SYSTEM, "问题项全部销号"),
    Edge("reply", "replying", STAY, "case.reply", "向反映人答复"),
    Edge("await_call_back", "replying", "calling_back", SYSTEM, "答复已送达，需要回访"),
    Edge("close", "replying", "closed", SYSTEM, "答复已送达，无需回访"),
    Edge("call_back", "calling_back", STAY, "case.call_back", "回访反映人"),
    Edge("close", "calling_back", "closed", "case.close", "回访完成，或说明理由后办结"),
    Edge(
        "explain",
        "calling_back",
        STAY,
        "case.close_unsatisfied",
        "反映人不满意，决定解释说明；都说明了即办结",
    ),
    *_from(
        ("answered", "declined", "replying", "calling_back", "closed"),
        "reopen",
        "accepted",
        "case.reopen",
        "重新办理，说明理由",
    ),
    *_from(
        ("answered", "declined"),
        "second_look",
        STAY,
        "case.second_look",
        "下一工作日由另一人复看",
    ),
    *_from(("accepted", "handling"), "extend_case", STAY, "case.extend", "期限内办不完，申请延期"),
    *_from(
        ("accepted", "handling", "awaiting_reporter"),
        "grant_case",
        STAY,
        "case.decide",
        "准予延期，告知反映人",
    ),
    *_from(
        ("accepted", "handling", "awaiting_reporter"),
        "refuse_case",
        STAY,
        "case.decide",
        "不予延期，原期限不变",
    ),
    *_from(_OF_ITSELF[1:], "tell", STAY, "case.tell", "已电话告知受理情况"),
    *_from(_OF_ITSELF, "note", STAY, "case.note", "补记办理情况"),
    *_from(OPEN_CASE_STATES, "assign", STAY, "case.assign", "指定承办人"),
    *_from(_OF_ITSELF, "hand_over", STAY, "case.assign", "承办人外出或离任，移交他人"),
    *_from(_OF_ITSELF, "fall_back", STAY, SYSTEM, "承办人离任或须回避，由岗位接办"),
    *_from(_IN_WORK, "name_unit", STAY, "case.name_unit", "来件只描述了单位，指明是哪一个"),
    *_from(
        ("accepted", "handling"),
        "conclude_withdrawn",
        "replying",
        "case.conclude_withdrawn",
        "问题项全部撤项，由没有申请撤项的人确认",
    ),
    *_from(
        ("received", "accepted", "handling"),
        "merge",
        "merged",
        "case.merge",
        "与另一办件是同一件事，并入一同办理",
    ),
    *_from(TAKES_IN, "take_in", STAY, "case.merge", "另一办件并入，期限从早"),
    Edge("unmerge", "merged", "received", "case.merge", "并错了，恢复为单独的办件"),
    Edge("unmerge", "merged", "accepted", "case.merge", "并错了，恢复为单独的办件"),
    Edge("unmerge", "merged", "handling", "case.merge", "并错了，恢复为单独的办件"),
    *_from(GIVES_BACK, "give_back", STAY, "case.merge", "并入的办件恢复为单独的办件"),
    *_from(SPLIT, "split_off", STAY, "case.split_off", "一件办件含有几件事，分出一件单独办理"),
    *(Edge("split_from", "received", to, SYSTEM, "由另一办件分出，接着办理") for to in SPLIT),
    *_from(PASSED_ON, "pass_on", STAY, "case.pass_on", "由上级或下级的办负责，移送后等对方签收"),
    *_from(PASSED_ON, "take_back", STAY, "case.pass_on", "对方签收以前收回移送"),
    *_from(PASSED_ON, "receive", STAY, "case.receive", "接收的办签收，从此由其办理"),
    *_from(PASSED_ON, "send_back", STAY, "case.receive", "接收的办退回，仍由移送的办办理"),
    *_from(
        (*SHELVABLE, "awaiting_reporter", "shelved"),
        "mediate",
        STAY,
        "case.mediate",
        "本办主持调解，记录时间、参加人和结果",
    ),
    *_from(SHELVABLE, "ask_shelving", STAY, "case.shelve", "现在办不了，申请挂账，写明计划和节点"),
    *_from(SHELVABLE, "shelve", "shelved", "case.decide_shelving", "同意挂账，时限停止，节点计时"),
    *_from(SHELVABLE, "refuse_shelving", STAY, "case.decide_shelving", "不同意挂账，照常办理"),
    Edge("meet_milestone", "shelved", STAY, "case.milestone", "节点事项已完成"),
    Edge("ask_milestone", "shelved", STAY, "case.milestone", "节点不能按期完成，申请调整"),
    Edge("move_milestone", "shelved", STAY, "case.decide_shelving", "同意调整节点"),
    Edge("refuse_milestone", "shelved", STAY, "case.decide_shelving", "不同意调整节点"),
    Edge("take_up", "shelved", "accepted", "case.take_up", "可以办理了，销账恢复办理"),
    Edge("take_up", "shelved", "handling", "case.take_up", "可以办理了，销账恢复办理"),
    Edge("go_along", "merged", STAY, SYSTEM, "并入的办件已移送，随之移送"),
    *_from(
        REVIEWED,
        "ask_review",
        STAY,
        "case.ask_review",
        "反映人不服答复，在期限内请求上一级机关复查或复核",
    ),
    Edge("review", "received", "accepted", SYSTEM, "上一级机关的复查或复核件，随请求立件"),
    Edge("opine", "accepted", "replying", "case.opine", "作出复查或复核意见：维持、变更或撤销重办"),
    *_from(EXCLUDED, "ask_exclusion", STAY, "case.exclude", "不应计入考核，说明理由，请另一人审批"),
    *_from(EXCLUDED, "exclude", STAY, "case.decide_exclusion", "同意剔除，统计分列剔除前后"),
    *_from(EXCLUDED, "refuse_exclusion", STAY, "case.decide_exclusion", "不同意剔除，照常计入考核"),
    *_from(EXCLUDED, "lift_exclusion", STAY, "case.decide_exclusion", "撤销剔除，重新计入考核"),
    Edge("lift_exclusion", "accepted", STAY, SYSTEM, "重新办理，原来的剔除随之撤销"),
    *_from(BROUGHT_UP, "go_up", STAY, SYSTEM, "多次退回、重办或无人承接，提级督办"),
    *(edge for back in BACK_MOVES for edge in _from(OWES_BACK, *back)),
    *_from(_OF_ITSELF, "oversee", STAY, "case.oversee", "上一级看过，写明督办意见"),
    *_from(ENDS, "answer_later", STAY, "case.reply", "办结后又来件，单独答复，不重新办理"),
    *(
        Edge("import", NOTHING, state, "case.import", why)
        for state, why in zip(IMPORTED_AS, _IMPORTED_WHY, strict=True)
    ),
    *_from(IMPORTED_AS, "void", "void", "case.import", "整次导入撤销：没有办理过的，编号保留"),
)

HELD = ("dispatched", "verifying", "rectifying")
"""States of an item that somebody outside the office works on."""
ASSISTED = (*HELD, "objected")
"""States of an item about which a unit may be asked beside its lead (协办)."""
OF_ASSISTING = ("answer_assistance",)
"""Moves of a unit that was asked to assist, which does not hold the item: the verb finds whom."""
BESIDE = tuple(f"{one}_assistance" for one in ("ask", "answer", "record", "release", "share"))
"""What happens beside an item's lead, of which the item's own way is no part."""
UNDER_WAY = ("dispatched", "objected", "verifying", "rectifying", "submitted")

ITEM_EDGES: tuple[Edge, ...] = (
    Edge("edit", "draft", STAY, "case.split", "修改尚未派发的问题项"),
    Edge("dispatch", "draft", "dispatched", "item.dispatch", "交办核查单位"),
    *_from(("dispatched", "verifying"), "reassign", STAY, "item.reassign", "改派责任督学到场核查"),
    *_from(
        ("dispatched", "verifying"), "object", "objected", "item.object", "不属于本单位职责，退单"
    ),
    Edge("reject_objection", "objected", "dispatched", "item.decide", "理由不成立，仍由原单位签收"),
    Edge("reject_objection", "objected", "verifying", "item.decide", "理由不成立，原单位继续核查"),
    Edge("dispatch_anew", "objected", "dispatched", "item.decide", "退单成立，改交另一单位"),
    Edge("designate", "objected", "dispatched", "item.designate", "退单两次，领导指定承办单位"),
    Edge("designate", "objected", "verifying", "item.designate", "领导指定原单位继续核查"),
    Edge("sign_for", "dispatched", "verifying", "item.sign_for", "核查单位签收"),
    Edge("sign_for", "rectifying", STAY, "item.sign_for", "整改单位签收整改通知"),
    *_from(("verifying", "rectifying"), "hand_in", STAY, "item.hand_in", "上传核查或整改材料"),
    *_from(("verifying", "rectifying"), "extend", STAY, "item.extend", "期限内办不完，申请延期"),
    *_from(("verifying", "rectifying"), "grant", STAY, "item.decide", "准予延期，不超出办件期限"),
    *_from(("verifying", "rectifying"), "refuse", STAY, "item.decide", "不予延期，原期限不变"),
    *_from(
        ("verifying", "rectifying", "submitted"),
        "visit",
        STAY,
        "item.visit",
        "两人以上到场实地核查，记录在案",
    ),
    *_from(ASSISTED, "ask_assistance", STAY, "item.ask_assistance", "主办单位之外，请另一单位协办"),
    *_from(UNDER_WAY, "answer_assistance", STAY, "item.answer_assistance", "协办单位书面答复"),
    *_from(
        UNDER_WAY, "record_assistance", STAY, "item.record_assistance", "记下协办单位的电话答复"
    ),
    *_from(UNDER_WAY, "release_assistance", STAY, "item.release_assistance", "解除协办"),
    *_from(
        UNDER_WAY, "share_assistance", STAY, "item.share_assistance", "把协办答复转主办单位参阅"
    ),
    Edge("find", "verifying", "rectifying", "item.find", "属实或部分属实，进入整改"),
    Edge("find", "verifying", "submitted", "item.find", "不属实或无法查实，提请验收"),
    Edge("submit", "rectifying", "submitted", "item.submit", "整改完成，提请验收"),
    Edge("return", "submitted", "rectifying", "item.return", "整改不到位，退回整改"),
    Edge("return", "submitted", "verifying", "item.return", "核查不清，退回核查"),
    Edge("strike_off", "submitted", "struck_off", "item.strike_off", "验收通过，销号"),
    *_from(
        ("draft", *UNDER_WAY),
        "withdraw",
        STAY,
        "item.withdraw",
        "重复、误拆或反映人撤回，申请撤项",
    ),
    Edge("consent_withdrawal", "draft", "withdrawn", "item.consent_draft", "另一人同意撤项"),
    Edge("refuse_withdrawal", "draft", STAY, "item.consent_draft", "不同意撤项，照常办理"),
    *_from(
        UNDER_WAY, "consent_withdrawal", "withdrawn", "item.consent", "未参与办理的另一人同意撤项"
    ),
    *_from(UNDER_WAY, "refuse_withdrawal", STAY, "item.consent", "不同意撤项，照常办理"),
    *_from(
        ("draft", *UNDER_WAY),
        "statutory",
        "statutory",
        "item.statutory",
        "转由有权机关按法定程序处理",
    ),
    Edge("statutory_outcome", "statutory", STAY, "item.statutory_outcome", "补记编号或处理结果"),
    *_from(
        ("dispatched", "objected", "verifying", "rectifying"),
        "hasten",
        STAY,
        SYSTEM,
        "并入的办件期限更早，期限随之提前",
    ),
    *_from(
        ("dispatched", "objected", "verifying", "rectifying"),
        "ease",
        STAY,
        SYSTEM,
        "并入的办件已恢复，期限随之还原",
    ),
    *_from(HELD, "ask_step_up", STAY, "item.step_up", "不等到期，申请由阶梯的某一级督办"),
    *_from(HELD, "step_up", STAY, "item.decide_step_up", "同意升级，拟出这一级的文书"),
    *_from(UNDER_WAY, "refuse_step_up", STAY, "item.decide_step_up", "不同意升级，仍按期限督办"),
    *_from(HELD, "stand_still", STAY, SYSTEM, "办件挂账，暂停办理"),
    *_from(HELD, "carry_on", STAY, SYSTEM, "办件销账，恢复办理"),
)
WHILE_SHELVED = ("statutory_outcome",)
"""What may happen to the items of a shelved case: nobody works on it, so nothing moves."""

CASE_MOVES = tuple(dict.fromkeys(edge.move for edge in CASE_EDGES))
ITEM_MOVES = tuple(dict.fromkeys(edge.move for edge in ITEM_EDGES))
