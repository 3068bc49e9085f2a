"""The screen's word for every word of the code (design §2). Chinese is the msgid of gettext."""

from caseflow.words.documents import (
    ACCOUNTABILITY_ANSWERS,
    ACCOUNTABILITY_HEARINGS,
    ACCOUNTABILITY_MOVES,
    ACCOUNTABILITY_OUTCOMES,
    ACCOUNTABILITY_STATES,
    CIRCULAR_CHECKS,
    CIRCULAR_KINDS,
    CIRCULAR_MOVES,
    CIRCULAR_STATES,
    ORDER_STATES,
)
from caseflow.words.handed import BACK_MOVES

__all__ = [
    "ACCOUNTABILITY_ANSWERS",
    "ACCOUNTABILITY_HEARINGS",
    "ACCOUNTABILITY_MOVES",
    "ACCOUNTABILITY_OUTCOMES",
    "ACCOUNTABILITY_STATES",
    "CIRCULAR_CHECKS",
    "CIRCULAR_KINDS",
    "CIRCULAR_MOVES",
    "CIRCULAR_STATES",
    "ORDER_STATES",
]

KINDS = {
    "question": "咨询",
    "help": "求助",
    "suggestion": "建议",
    "complaint": "投诉",
    "tip": "举报",
}
CASE_STATES = {
    "received": "待受理",
    "answered": "已当场答复",
    "declined": "不予受理",
    "referred": "已转送",
    "merged": "已并案",
    "accepted": "已受理",
    "handling": "办理中",
    "awaiting_reporter": "待补充材料",
    "shelved": "挂账",
    "replying": "待答复",
    "calling_back": "待回访",
    "closed": "已办结",
}
ITEM_STATES = {
    "draft": "待派发",
    "dispatched": "待签收",
    "objected": "退单审核",
    "verifying": "核查中",
    "rectifying": "整改中",
    "submitted": "待验收",
    "struck_off": "已销号",
    "withdrawn": "已撤项",
    "statutory": "转入法定程序",
}
FINDINGS = {
    "substantiated": "属实",
    "partly": "部分属实",
    "unsubstantiated": "不属实",
    "unverifiable": "无法查实",
}
OUTCOMES = {
    "rectified": "已整改",
    "unsubstantiated": "查无实据",
    "unverifiable": "无法查实",
    "statutory": "转入法定程序",
}
DISCLOSURES = {
    "withheld": "对被反映单位保密",
    "relay": "由我办转达，不透露身份",
    "unit": "同意告知被反映单位",
}
CHANNELS = {
    "webform": "网页",
    "telephone": "电话",
    "window": "窗口",
    "letter": "来信",
    "handed_down": "上级或其他部门交办",
    "mailbox": "电子邮件",
}
CLOCKS = {
    "immediate": "即时处置",
    "notice": "告知反映人",
    "resolve": "办结期限",
    "reply": "答复期限",
    "call_back": "回访期限",
    "second_look": "复看期限",
    "receive": "移送签收期限",
    "remedy": "请求复查、复核的期限",
    "sign_for": "签收期限",
    "verify": "核查期限",
    "rectify": "整改期限",
    "assist": "协办期限",
    "check": "验收期限",
    "decide": "审批期限",
    "consent": "另一人审批期限",
    "report_back": "回报期限",
    "signed_back": "来文机关签收期限",
    "oversee": "督办意见期限",
    "objection": "退单期限",
    "draft": "文书签发",
    "answer": "督办答复",
    "look": "隔离查看",
    "milestone": "挂账节点",
    "hearing": "陈述申辩准备期",
    "review_ask": "不服决定申请复核的期限",
    "review_answer": "不服决定的复核期限",
    "appeal_ask": "不服决定、复核申诉的期限",
    "appeal_answer": "申诉的处理期限",
}
ROLES = {
    "operator": "值班员",
    "handler": "承办人",
    "inspector": "责任督学",
    "unit": "单位经办人",
    "reviewer": "验收人",
    "supervisor": "督办负责人",
    "leader": "分管领导",
    "auditor": "审计员",
    "administrator": "系统管理员",
}
DUTIES = {
    "unit_handler": "单位经办人",
    "unit_head": "单位负责人",
    "shift_leader": "值班长",
    "office_handler": "承办岗",
    "supervisor": "督办负责人",
    "leader": "分管领导",
}
RETRACTED = {"settled": "已和解或已解决", "withdrawn": "不愿再反映"}
MEDIATED = {"agreed": "达成一致", "partly": "部分达成", "not_agreed": "没有谈成"}
MOVES = {
    "open": "收到来件",
    "add": "反映人补充",
    "retaliation": "反映人称受到打击报复",
    "tighten": "反映人加强身份保密",
    "retract": "反映人撤回",
    "answer": "当场答复",
    "accept": "受理",
    "decline": "决定不予受理",
    "refer": "转送",
    "propose_decline": "拟不予受理",
    "propose_refer": "拟转送",
    "refuse_proposal": "不同意拟办意见",
    "raise_urgency": "转为紧急",
    "acknowledge": "确认接手紧急事项",
    "countersign": "会签",
    "assign": "指定承办人",
    "hand_over": "移交",
    "fall_back": "由岗位接办",
    "name_unit": "指明被反映单位",
    "note": "补记",
    "second_look": "复看",
    "tell": "电话告知",
    "notice_sent": "已告知反映人",
    "split": "拆分问题项",
    "edit": "修改问题项",
    "dispatch": "交办",
    "reassign": "改派责任督学",
    "object": "退单",
    "reject_objection": "驳回退单",
    "dispatch_anew": "改交",
    "designate": "指定承办",
    "extend": "申请延期",
    "grant": "准予延期",
    "refuse": "不予延期",
    "extend_case": "申请办件延期",
    "grant_case": "准予办件延期",
    "refuse_case": "不予办件延期",
    "sign_for": "签收",
    "hand_in": "上传材料",
    "visit": "实地核查",
    "ask_assistance": "请单位协办",
    "answer_assistance": "协办单位答复",
    "record_assistance": "记下协办单位的电话答复",
    "release_assistance": "解除协办",
    "share_assistance": "把协办答复转主办单位",
    "find": "作出核查结论",
    "write": "拟好答复，待单位负责人签发",
    "unsign": "单位负责人退回修改",
    "submit": "提交验收",
    "return": "退回整改",
    "strike_off": "销号",
    "ask": "请反映人补充",
    "supplement": "请反映人补正",
    "resume": "恢复办理",
    "pause_over": "暂停期满，时限继续计算",
    "conclude": "转入答复",
    "reply": "答复",
    "reply_delivered": "答复已送达",
    "reply_failed": "答复未能送达",
    "unreachable": "反映人邮箱退信，不能再发邮件",
    "await_call_back": "转入回访",
    "call_back": "回访",
    "explain": "解释说明",
    "close": "办结",
    "reopen": "重新办理",
    "rung": "督办升级",
    "order_issued": "文书签发",
    "order_cancelled": "文书撤销",
    "order_answered": "文书答复",
    "order_edited": "修改文书正文",
    "order_signed": "文书签收",
    "order_accepted": "认可文书答复",
    "order_returned": "退回文书答复",
    "order_lifted": "解除文书",
    "reveal": "查看反映人身份",
    "hand_out": "导出案卷",
    "recalendar": "日历变动，时限重算",
    "recompute": "规则变动，时限重算",
    "climb_anew": "督办阶梯变动",
    "withdraw": "申请撤项",
    "consent_withdrawal": "同意撤项",
    "refuse_withdrawal": "不同意撤项",
    "conclude_withdrawn": "全部撤项，转入答复",
    "statutory": "转入法定程序",
    "statutory_outcome": "补记法定程序结果",
    "merge": "并入另一办件",
    "take_in": "并入了一个办件",
    "unmerge": "取消并案，恢复单独办理",
    "split_off": "分出一个办件",
    "split_from": "由另一办件分出",
    "give_back": "并入的办件已恢复单独办理",
    "hasten": "期限随并入的办件提前",
    "ease": "期限还原",
    "pass_on": "移送",
    "take_back": "收回移送",
    "receive": "签收移送",
    "send_back": "退回移送",
    "go_along": "随并入的办件移送",
    "ask_review": "反映人请求复查、复核",
    "review": "立件复查、复核",
    "opine": "作出意见",
    "reviewed": "上级机关作出意见",
    "answer_later": "答复办结后的来件",
    "mediate": "调解",
    "go_up": "提级督办",
    "oversee": "上一级督办意见",
    **BACK_MOVES,
    "ask_exclusion": "申请考核剔除",
    "exclude": "同意考核剔除",
    "refuse_exclusion": "不同意考核剔除",
    "lift_exclusion": "撤销考核剔除",
    "ask_shelving": "申请挂账",
    "shelve": "同意挂账",
    "refuse_shelving": "不同意挂账",
    "meet_milestone": "节点完成",
    "ask_milestone": "申请调整节点",
    "move_milestone": "同意调整节点",
    "refuse_milestone": "不同意调整节点",
    "take_up": "销账，恢复办理",
    "ask_step_up": "申请督办升级",
    "step_up": "同意督办升级",
    "refuse_step_up": "不同意督办升级",
    "stand_still": "随挂账暂停办理",
    "carry_on": "随销账恢复办理",
}
PASSING = {
    "area": "属于该办的辖区",
    "level": "按职责由该级办理",
    "avoid": "本办或本办人员须回避",
    "other": "其他",
}
REASONS = {
    "decline": {
        "unsupplemented": "补正期满未补，没有可以核查的具体事实",
        "outside": "不属于教育督导的职责范围",
        "lawful_way": "已经或者依法应当通过诉讼、仲裁、行政复议等法定途径解决",
        "in_hand": "同一件事正在办理，不重复受理",
        "answered": "同一事实已经答复或办结，没有新的事实",
        "ended": "同一事实已经复查复核终结",
        "unclear": "经请补充，仍没有可以核查的具体事实",
        "person": "须由本人或其监护人提出，反映人不是",
        "other": "其他",
    },
    "refer": {
        "authority": "属于其他机关的职责",
        "higher": "属于上级机关的职责",
        "lower": "属于下级机关的职责",
        "area": "属于其他地区的管辖",
        "other": "其他",
    },
}
BROUGHT_UP = {
    "returns": "已退回 %(n)s 次（含重新办理）",
    "reopenings": "已重新办理 %(n)s 次（含退回）",
    "objections": "第 %(n)s 次退单，仍无人承办",
    "passages": "第 %(n)s 次移送被退回，仍无人承办",
}
LACKS = {
    "unit": "涉及的学校或机构",
    "when": "发生的时间、地点",
    "what": "具体事实和经过",
    "evidence": "证据或线索",
    "claim": "具体诉求",
}
REMEDIES = {
    "above": (
        "您有不同意见，可以在查询页面补充新的事实或材料，我们会再次审查；"
        "也可以向上一级教育督导机构反映。"
    ),
    "lawful_way": (
        "请通过诉讼、仲裁、行政复议等途径提出。法律对提出的期限有规定，请不要耽误。"
        "不清楚走哪一条途径的，可以拨打 12348 免费咨询。"
    ),
    "in_hand": ("请等待正在办理的结果。您有新的事实或材料，可以在查询页面补充，我们会一并考虑。"),
    "review": (
        "您对原来的答复不服，可以自收到原答复之日起 30 日内，书面请求作出答复的机关的"
        "上一级机关复查（《信访工作条例》第三十五条）。有新的事实或材料，可以在查询页面补充。"
    ),
    "facts": ("您有新的事实或材料，例如时间、地点、经过，可以随时在查询页面补充，我们会再次审查。"),
    "person": "请由本人或其监护人提出；您受其委托的，可以在查询页面补充委托书。",
    "authority": (
        "请向接收机关了解办理情况，由该机关答复您。"
        "该机关告诉您不归它管的，请在查询页面告诉我们，我们会再次审查。"
    ),
}
RULES = {
    "petition_22": "《信访工作条例》第二十二条",
    "petition_31": "《信访工作条例》第三十一条",
    "petition_36": "《信访工作条例》第三十六条",
}
STAGES = {1: "复查", 2: "复核"}
OPINIONS = {
    "upheld": "维持原答复",
    "changed": "变更原答复",
    "redone": "撤销原答复，责令重新办理",
}
ENDED = (
    "您反映的事项，与已经复查、复核终结的事项是同一事实和理由，按规定不再受理。"
    "您有新的事实或材料，可以在查询页面补充，或者另行反映，我们会再次审查。"
)
ACTIONS = {
    "reminder": "工作提醒",
    "urging": "催办",
    "supervision_order": "督办单",
    "circular": "工作通报",
    "interview": "提醒约谈",
    "listed": "挂牌督办",
    "rectification": "限期整改",
    "raised": "提级督办单",
    "accountability": "启动问责建议",
    "note": "逾期报告",
}
CATEGORIES = {
    "homework": "作业负担",
    "after_school": "课后服务",
    "training": "违规培训",
    "fees": "收费退费",
    "ethics": "师德师风",
    "enrolment": "招生入学",
    "bullying": "学生欺凌",
    "safety": "校园安全",
    "food": "食品卫生",
    "other": "其他",
}
UNIT_KINDS = {
    "school": "学校",
    "kindergarten": "幼儿园",
    "institution": "教育机构",
    "section": "局内科室",
    "office": "督导办公室",
}
CLOCK_ENDS = {
    "running": "计时中",
    "paused": "暂停中",
    "met": "按期完成",
    "late": "逾期完成",
    "superseded": "已由新的时限代替",
    "stopped": "不再需要",
}
WHOSE = {"reporter": "反映人原话", "caller": "回访人概括"}
FIGURES = {
    "response": "响应率",
    "solution": "解决率",
    "satisfaction": "满意率",
    "substantiated": "查实率",
    "sent_back": "重办率",
    "repeated": "重复来件率",
    "signing": "按期签收率",
    "acceptance": "按期受理率",
    "closure": "按期办结率",
    "submission": "首次按期提交率",
}
COUNTED = {
    "reports": "来件总数",
    "anonymous": "匿名来件",
    "not_ours": "不予受理或已转送",
    "called": "已回访接通",
    "unreached": "回访未接通",
}
TABLE = ("办件", "问题项", "从", "办理", "到", "谁可以", "说明", "系统自动")
