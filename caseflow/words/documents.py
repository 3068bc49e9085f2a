"""Words of what is written on paper and has a life of its own: documents, circulars, files."""

ORDER_STATES = {
    "draft": "拟稿",
    "issued": "已签发",
    "signed_for": "单位已签收",
    "answered": "待审核答复",
    "accepted": "答复已认可",
    "lifted": "已解除",
    "cancelled": "已撤销",
}
CIRCULAR_KINDS = {"lateness": "逾期通报", "problem": "问题通报"}
CIRCULAR_STATES = {
    "drafted": "待核对",
    "checked": "待签发",
    "issued": "已签发",
    "published": "已公开",
    "corrected": "已更正",
    "withdrawn": "已收回",
    "cancelled": "已撤销",
}
CIRCULAR_MOVES = {
    "circular_drafted": "起草通报",
    "circular_edited": "修改通报",
    "circular_checked": "核对通报",
    "circular_returned": "退回修改",
    "circular_issued": "签发通报",
    "circular_published": "公开通报",
    "correction_drafted": "起草更正",
    "correction_refused": "更正不予公开",
    "circular_corrected": "公开更正",
    "circular_withdrawn": "收回通报",
    "circular_cancelled": "撤销通报",
}
CIRCULAR_CHECKS = {
    "person": "认不出反映人：没有姓名、称呼、联系方式，也不能从时间、地点、情节推断出是谁反映的",
    "minors": "认不出未成年人：没有姓名、照片、班级，也没有其他可以认出其身份的内容",
    "act": "只写没有按时办理的事实，没有写反映的内容和问题类别",
    "small": "公开稿没有写出、也推断不出只有少数事项的单位",
    "finding": "写到的问题都有核查结论，没有写未经查实的内容",
}
ACCOUNTABILITY_STATES = {
    "opened": "待核实",
    "inquired": "待书面告知",
    "notified": "待听取陈述申辩",
    "heard": "待会商",
    "consulted": "待决定",
    "decided": "待送达决定",
    "served": "已送达决定",
    "reviewing": "复核中",
    "reviewed": "复核已答复",
    "appealing": "申诉办理中",
    "appealed": "申诉已答复",
    "closed": "已结卷",
    "discontinued": "已终止",
}
ACCOUNTABILITY_MOVES = {
    "file_opened": "建立案卷",
    "inquiry_recorded": "核实",
    "notice_served": "书面告知",
    "hearing_recorded": "听取陈述申辩",
    "consultation_recorded": "会商",
    "decision_made": "决定",
    "decision_served": "送达决定",
    "decision_review_asked": "单位申请复核",
    "decision_review_answered": "复核答复",
    "decision_appealed": "单位申诉",
    "decision_appeal_answered": "申诉答复",
    "file_closed": "结卷",
    "file_discontinued": "终止",
}
ACCOUNTABILITY_HEARINGS = {
    "held": "已听取",
    "early": "单位书面同意，提前听取",
    "waived": "单位书面放弃",
    "silent": "单位期满没有提出",
}
ACCOUNTABILITY_OUTCOMES = {
    "none": "不予问责",
    "notice": "督导通报",
    "interview": "问责约谈",
    "criticism": "公开批评",
    "resources": "资源调整",
}
ACCOUNTABILITY_ANSWERS = {"upheld": "维持原决定", "changed": "变更原决定", "revoked": "撤销原决定"}
