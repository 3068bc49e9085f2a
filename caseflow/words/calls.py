"""Words for telephone calls."""

CALL_OUTCOMES = {
    "ringing": "正在振铃",
    "talking": "正在通话",
    "answered": "已接听",
    "missed": "未接来电",
    "voicemail": "语音留言",
}
CALL_SETTLED = {
    "rung_back": "已回电",
    "got_through": "后来打通了",
    "logged": "已登记",
}
