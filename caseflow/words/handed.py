"""Words of what other offices hand down, and of the report back."""

BACK_MOVES = {
    "draft_report_back": "起草办结报告",
    "check_report_back": "办结报告核稿通过",
    "return_report_back": "办结报告退回修改",
    "send_report_back": "办结报告送来文机关",
    "sign_report_back": "来文机关签收办结报告",
    "refuse_report_back": "来文机关退回办结报告",
    "waive_report_back": "来文机关不要回报",
}
BACK_STATES = {
    "drafted": "已起草，等核稿",
    "returned": "已退回修改",
    "checked": "已核稿，等送出",
    "sending": "邮件正在发送",
    "sent": "已送出，等签收",
    "refused": "来文机关退回",
    "signed": "来文机关已签收",
    "waived": "来文机关不要回报",
}
BACK_WAYS = {
    "message": "由本系统发邮件",
    "letter": "寄送",
    "email": "自己的邮箱已发",
    "exchange": "交换平台",
    "in_person": "当面递交",
}
