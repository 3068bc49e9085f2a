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
from caseflow.words.moves import MOVES

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
    "MOVES",
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
    "void": "已作废",
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
    "text": "短信",
    "import": "旧台账导入",
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
    "ring_back": "回电期限",
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
    "imported": "旧台账导入",
}
TABLE = ("（旧台账）", "办件", "问题项", "从", "办理", "到", "谁可以", "说明", "系统自动")
