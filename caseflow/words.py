"""The screen's word for every word of the code (design §2). Chinese is the msgid of gettext."""

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
    "accepted": "已受理",
    "handling": "办理中",
    "awaiting_reporter": "待补充材料",
    "replying": "待答复",
    "calling_back": "待回访",
    "closed": "已办结",
}
ITEM_STATES = {
    "draft": "待派发",
    "dispatched": "待签收",
    "verifying": "核查中",
    "rectifying": "整改中",
    "submitted": "待验收",
    "struck_off": "已销号",
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
    "notice": "受理告知",
    "resolve": "办结期限",
    "reply": "答复期限",
    "call_back": "回访期限",
    "second_look": "复看期限",
    "sign_for": "签收期限",
    "verify": "核查期限",
    "rectify": "整改期限",
    "check": "验收期限",
    "draft": "文书签发",
    "answer": "督办答复",
    "look": "隔离查看",
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
MOVES = {
    "open": "收到来件",
    "add": "反映人补充",
    "retaliation": "反映人称受到打击报复",
    "tighten": "反映人加强身份保密",
    "answer": "当场答复",
    "accept": "受理",
    "decline": "决定不予受理",
    "refer": "转送",
    "acknowledge": "确认接手紧急事项",
    "countersign": "会签",
    "assign": "指定承办人",
    "name_unit": "指明被反映单位",
    "note": "补记",
    "second_look": "复看",
    "tell": "电话告知",
    "notice_sent": "受理情况已告知",
    "split": "拆分问题项",
    "edit": "修改问题项",
    "dispatch": "交办",
    "reassign": "改派责任督学",
    "sign_for": "签收",
    "hand_in": "上传材料",
    "find": "作出核查结论",
    "submit": "提交验收",
    "return": "退回整改",
    "strike_off": "销号",
    "ask": "请反映人补充",
    "resume": "恢复办理",
    "pause_over": "暂停期满，时限继续计算",
    "conclude": "转入答复",
    "reply": "答复",
    "reply_delivered": "答复已送达",
    "reply_failed": "答复未能送达",
    "await_call_back": "转入回访",
    "call_back": "回访",
    "close": "办结",
    "reopen": "重新办理",
    "rung": "督办升级",
    "order_issued": "文书签发",
    "order_cancelled": "文书撤销",
    "order_answered": "文书答复",
    "reveal": "查看反映人身份",
    "recalendar": "日历变动，时限重算",
}
ACTIONS = {
    "reminder": "工作提醒",
    "urging": "催办",
    "supervision_order": "督办单",
    "circular": "工作通报",
    "interview": "提醒约谈",
    "listed": "挂牌督办",
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
ORDER_STATES = {"draft": "拟稿", "issued": "已签发", "cancelled": "已撤销"}
TABLE = ("办件", "问题项", "从", "办理", "到", "谁可以", "说明", "系统自动")
