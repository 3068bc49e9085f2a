"""Samples: replies as mail programs here and abroad write them, and what people wrote."""

from tests.mail.writing import DATE, FROM, MIME, TO, Sample, message

UTF8 = b"Content-Type: text/plain; charset=utf-8"
HTML = b"Content-Type: text/html; charset=utf-8"
OWN = "补充：照片是昨天中午拍的，四年级。"
OLD = "来件编号已收到。\n请补充时间。"
MARKED = OLD.replace("\n", "\n> ")
FIELDS = "发件人: 教育督导办 <tips@edu.example>\n{sent}: 2026年3月3日 9:00\n收件人: a\n主题: 收到"

# fmt: off
# ruff: noqa: E501
# Name, and what the program puts below what was written; the history begins with its first line.
HISTORIES = {
    "qq": f"------------------ 原始邮件 ------------------\n{FIELDS.format(sent='发送时间')}\n\n{OLD}",
    "qq-web": f'------------------\xa0原始邮件\xa0------------------\n发件人: "x" <a@qq.com>;\n{OLD}',
    "qq-phone": f'---原始邮件---\n发件人: "x"<a@qq.com>\n发送时间: 2026年3月3日\n{OLD}',
    "163": f'在 2026-03-03 09:00:00，"督导办" <tips@edu.example> 写道：\n\n{OLD}',
    "163-wrapped": f'在 2026-03-03 09:00:00，"教育督导委员会办公室"\n<tips@edu.example> 写道：\n{OLD}',
    "163-replied": f"---- 回复的原邮件 ----\n发件人 | 督导办<tips@edu.example> |\n{OLD}",
    "126-dashes": f"-----原始邮件-----\n发件人:tips@edu.example\n发送时间:2026-03-03\n{OLD}",
    "foxmail": f"{FIELDS.format(sent='发送时间')}\n{OLD}",
    "foxmail-wide": "发件人： tips\n发送时间： 2026-03-03\n收件人： a\n主题： 收到\n" + OLD,
    "outlook": "________________________________\n" + FIELDS.format(sent="发送时间") + f"\n\n{OLD}",
    "outlook-original": f"-----邮件原件-----\n{FIELDS.format(sent='发送时间')}\n抄送: b\n\n{OLD}",
    "outlook-english": "-----Original Message-----\nFrom: Office\nSent: Tuesday\nTo: a\n" + OLD,
    "outlook-fields": "From: Office <t@e.example>\nSent: Tuesday\nTo: a\nSubject: x\n\n" + OLD,
    "gmail-chinese": f"督导办 <tips@edu.example> 于2026年3月3日周二 09:00写道：\n\n> {MARKED}",
    "gmail-english": f"On Tue, Mar 3, 2026 at 9:00 AM Office <t@e.example> wrote:\n\n> {MARKED}",
    "gmail-wrapped": f"On Tue, 3 Mar 2026 at 09:00, Education Office\n<t@e.example> wrote:\n> {MARKED}",
    "iphone": f"在 2026年3月3日，上午9:00，督导办 <tips@edu.example> 写道：\n\n> {MARKED}",
    "iphone-english": f"On Mar 3, 2026, at 9:00, Office <t@e.example> wrote:\n\n> {MARKED}",
    "taiwan": f"督導辦 <tips@edu.example> 於 2026年3月3日 週二 上午9:00 寫道：\n> {MARKED}",
    "taiwan-outlook": "寄件者: tips\n傳送日期: 2026\n收件者: a\n主旨: x\n" + OLD,
    "netease-english": f'At 2026-03-03 09:00:00, "Office" <t@e.example> wrote:\n{OLD}',
    "marked-lines": f"> {MARKED}",
}
# fmt: on


def samples() -> dict[str, Sample]:
    """Return the samples by name."""
    found = {f"quoted-{name}": _reply(OWN, text) for name, text in HISTORIES.items()}
    return {**found, **_whole(), **_below(), **_html()}


def _mail(text: str, subject: str, kind: bytes = UTF8) -> bytes:
    said = b"Subject: " + subject.encode()
    return message(FROM, TO, DATE, said, MIME, kind, body=text.encode(), mid=f"q.{hash_of(text)}")


def hash_of(text: str) -> str:
    """Return a few letters that are the same in every run."""
    return f"{sum(ord(ch) * (n + 1) for n, ch in enumerate(text)):x}"


def _reply(own: str, history: str) -> Sample:
    text = f"{own}\n\n{history}"
    return Sample(_mail(text, "回复：来件已收到"), {"text": text, "own": own, "automatic": ""})


def _whole() -> dict[str, Sample]:
    """What has no history, though it looks a little like it."""

    def one(text: str, subject: str = "关于补课") -> Sample:
        return Sample(_mail(text, subject), {"text": text, "own": text})

    forwarded = (
        "---------- 转发的邮件 ----------\n发件人: 王老师\n日期: 2026\n收件人: 家长\n\n收费通知"
    )
    return {
        "unquoted-somebody-wrote": one("他在群里写道：不交钱就别来。请你们管一管。"),
        "unquoted-somebody-wrote-on-a-line": one("老师在微信群写道：\n不交钱就别来。"),
        "unquoted-sender-field": one("发件人：一位家长\n我要反映食堂的问题。"),
        "unquoted-rule": one("食堂的问题\n------------------\n一、饭菜凉\n二、有虫"),
        "unquoted-forward": one(f"请看学校的通知：\n\n{forwarded}"),
        "unquoted-forward-by-subject": one(
            f"请看。\n\n{HISTORIES['qq']}", subject="转发：收费通知"
        ),
        "unquoted-nothing-of-its-own": one(HISTORIES["163"]),
        "unquoted-date": one("在2026年3月3日上午，老师打了学生。\n请查处。"),
    }


def _below() -> dict[str, Sample]:
    text = f'在 2026-03-03 09:00，"督导办" <t@e.example> 写道：\n> {OLD[:8]}\n> 请补充\n\n{OWN}'
    return {
        "quoted-answer-below": Sample(_mail(text, "Re: 收到"), {"text": text, "own": OWN}),
    }


def _html() -> dict[str, Sample]:
    qq = (
        f"<div>{OWN}</div><div><br></div><div style='font-size:12px'>"
        "------------------&nbsp;原始邮件&nbsp;------------------</div>"
        "<div><b>发件人:</b> office</div><div>请补充时间。</div>"
    )
    gmail = (
        f"<div dir=ltr>{OWN}</div><br><div class=gmail_quote><div dir=ltr class=gmail_attr>"
        "督导办 &lt;<a href='mailto:t@e.example'>t@e.example</a>&gt; 于2026年3月3日周二 09:00写道："
        "<br></div><blockquote><div>请补充时间。</div></blockquote></div>"
    )
    outlook = (
        f"<p>{OWN}</p><div id=divRplyFwdMsg><hr><b>发件人:</b> 督导办<br><b>发送时间:</b> 2026<br>"
        "<b>收件人:</b> a<br><b>主题:</b> 收到</div><div>请补充时间。</div>"
    )
    pages = {"qq": qq, "gmail": gmail, "outlook": outlook}
    return {
        f"quoted-html-{name}": Sample(_mail(page, "回复：收到", HTML), {"own": OWN, "files": []})
        for name, page in pages.items()
    }
