"""Samples: senders, attached names, kinds, and machines that write like people."""

from typing import Any

from tests.mail.writing import (
    DATE,
    FROM,
    MIME,
    TO,
    Sample,
    b64,
    file,
    message,
    multipart,
    part,
    raw_word,
    word,
)

UTF8 = b"Content-Type: text/plain; charset=utf-8"
TEXT = "孩子的学校周末收费补课。"
HEAD = (TO, DATE, MIME, UTF8)
PDF = b"%PDF-1.4 not really\n"


def samples() -> dict[str, Sample]:
    """Return the samples by name."""
    return {**_senders(), **_names(), **_kinds(), **_machines(), **_not_machines()}


def _written(sender: bytes, *more: bytes, subject: str = "关于补课", text: str = TEXT) -> bytes:
    return message(sender, *more, b"Subject: " + subject.encode(), *HEAD, body=text.encode())


def _senders() -> dict[str, Sample]:
    def one(sender: bytes, name: str, email: str, *more: bytes) -> Sample:
        return Sample(_written(sender, *more), {"name": name, "email": email, "automatic": ""})

    half = "朱𠮷".encode("gb18030")
    return {
        "from-encoded-name": one(
            b"From: " + word("朱𠮷", "gb18030") + b" <zhu@qq.com>", "朱𠮷", "zhu@qq.com"
        ),
        "from-quoted-encoded-name": one(
            b'From: "' + word("张三, 家长", "utf-8") + b'" <zs@163.com>', "张三, 家长", "zs@163.com"
        ),
        "from-raw-gb18030": one(b'From: "' + half + b'" <zhu@qq.com>', "朱𠮷", "zhu@qq.com"),
        "from-name-split-inside-a-character": one(
            b"From: %s\r\n %s <zhu@qq.com>"
            % (raw_word(half[:3], "gb18030"), raw_word(half[3:], "gb18030")),
            "朱𠮷",
            "zhu@qq.com",
        ),
        "from-address-inside-the-encoded-word": one(
            b"From: " + word("李华 <li@example.com>", "utf-8"), "李华", "li@example.com"
        ),
        "from-without-address": one("From: 一位家长".encode(), "一位家长", ""),
        "from-broken-address": one(b"From: Zhang <zhang@@@>", "Zhang <zhang@@@", ""),
        "from-wins-over-reply-to": one(
            b"From: <real@example.com>", "", "real@example.com", b"Reply-To: <other@example.com>"
        ),
        "own-address-in-cc": one(
            b"From: <real@example.com>",
            "",
            "real@example.com",
            b"Cc: <jubao@edu.example.cn>, <other@example.com>",
        ),
        "from-broken-but-reply-to": one(
            b"From: <>", "", "real@example.com", b"Reply-To: <real@example.com>"
        ),
        "from-missing-but-return-path": one(
            b"Return-Path: <path@example.com>", "", "path@example.com"
        ),
        "from-two-people": one(b"From: A <a@example.com>, B <b@example.com>", "A", "a@example.com"),
        "from-unquoted-comma": one(b"From: Li, Hua <li@example.com>", "Li, Hua", "li@example.com"),
        "from-chinese-domain": one(
            "From: 王五 <王五@例子.公司>".encode(), "王五", "王五@例子.公司"
        ),
        "nobody-at-all": Sample(
            message(b"Subject: x", *HEAD, body=TEXT.encode()), {"name": "", "email": ""}
        ),
    }


def _names() -> dict[str, Sample]:
    def one(expected: str, *lines: bytes) -> Sample:
        body = multipart(
            b"B",
            part(UTF8, body=TEXT.encode()),
            part(*lines, b"Content-Transfer-Encoding: base64", body=b64(PDF)),
        )
        mixed = (FROM, TO, DATE, MIME, b"Subject: x", b"Content-Type: multipart/mixed; boundary=B")
        return Sample(
            message(*mixed, body=body),
            {"text": TEXT, "files": [file(expected, "application/pdf", PDF)]},
        )

    pdf = b"Content-Type: application/pdf"
    percent = "".join(f"%{byte:02X}" for byte in "收费单据.pdf".encode("gb18030")).encode()
    name = b'Content-Disposition: attachment; filename="%s"'
    return {
        "name-rfc2231": one(
            "收费单据.pdf",
            pdf,
            b"Content-Disposition: attachment; filename*=gb2312'zh-cn'" + percent,
        ),
        "name-rfc2231-in-pieces": one(
            "收费单据.pdf",
            pdf,
            b"Content-Disposition: attachment;\r\n filename*0*=GBK''%s;\r\n filename*1*=%s"
            % (percent[:9], percent[9:]),
        ),
        "name-rfc2231-label-lies": one(
            "收费单据.pdf",
            pdf,
            b"Content-Disposition: attachment; filename*=utf-8''" + percent,
        ),
        "name-encoded-word": one("收费单据.pdf", pdf, name % word("收费单据.pdf", "gb18030")),
        "name-only-in-the-type": one(
            "朱𠮷.pdf", pdf + b'; name="' + word("朱𠮷.pdf", "gb18030", "gb2312") + b'"'
        ),
        "name-raw-gb18030": one("朱𠮷.pdf", pdf, name % "朱𠮷.pdf".encode("gb18030")),
        "name-raw-big5-with-a-backslash-byte": one(
            "許功蓋的單據.pdf", pdf, name % "許功蓋的單據.pdf".encode("big5")
        ),
        "name-percent-without-star": one("收费单据.pdf", pdf, name % percent),
        "name-with-folders": one("passwd.pdf", pdf, name % b"..\\..\\etc/passwd.pdf"),
        "name-missing": one("附件.pdf", pdf, b"Content-Disposition: attachment"),
        "name-turned-around": one("收据fdp.exe", pdf, name % "收据\u202efdp.exe".encode()),
    }


def _kinds() -> dict[str, Sample]:
    def one(subject: str, kind: str, text: str = TEXT) -> Sample:
        return Sample(_written(FROM, subject=subject, text=text), {"kind": kind})

    return {
        "kind-tip": one("实名举报某校长", "tip"),
        "kind-tip-in-the-text": one("你好", "tip", "我要举报王老师有偿补课"),
        "kind-question": one("咨询入学政策", "question"),
        "kind-suggestion": one("关于延时服务的建议", "suggestion"),
        "kind-help": one("求助：孩子被欺凌", "help"),
        "kind-not-said": one("关于补课", "complaint"),
        "kind-number-in-the-subject-proves-nothing": Sample(
            _written(FROM, subject="Re: 430503-20260303-0001 补充"),
            {"kind": "complaint", "belongs_to": None},
        ),
    }


def _machine(sender: bytes, subject: str, *more: bytes, body: str = "不在办公室") -> bytes:
    return _written(sender, *more, subject=subject, text=body)


def _machines() -> dict[str, Sample]:
    def one(why: str, raw: bytes) -> Sample:
        return Sample(raw, {"automatic": why})

    reply, bounce, receipt = "自动回复", "退信通知（系统自动发出）", "已读回执（系统自动发出）"
    daemon = b"From: MAILER-DAEMON@example.com"
    status = b"Content-Type: multipart/report; report-type=delivery-status; boundary=B"
    read = b"Content-Type: multipart/report; report-type=disposition-notification; boundary=B"
    report = multipart(
        b"B",
        part(UTF8, body="您的邮件未能送达".encode()),
        part(b"Content-Type: message/delivery-status", body=b"Action: failed"),
    )
    base: tuple[Any, ...] = (TO, DATE, MIME, b"Subject: x")
    return {
        "auto-rfc3834": one(
            reply, _machine(FROM, "您好", b"Auto-Submitted: auto-replied (vacation)")
        ),
        "auto-generated": one(
            "系统自动发出的邮件", _machine(FROM, "通知", b"Auto-Submitted: auto-generated")
        ),
        "auto-qq": one(reply, _machine(FROM, "自动回复:关于您的来信")),
        "auto-163": one(reply, _machine(FROM, "自动回复：收到")),
        "auto-exchange-chinese": one(reply, _machine(FROM, "自动答复: 关于补课")),
        "auto-traditional": one(reply, _machine(FROM, "自動回覆: 關於補課")),
        "auto-exchange-english": one(reply, _machine(FROM, "Automatic reply: canteen")),
        "auto-out-of-office": one(reply, _machine(FROM, "Out of Office: canteen")),
        "auto-precedence": one(reply, _machine(FROM, "canteen", b"Precedence: auto_reply")),
        "auto-x-field": one(reply, _machine(FROM, "canteen", b"X-Autoreply: yes")),
        "bounce-rfc3464": one(bounce, message(daemon, *base, status, body=report)),
        "bounce-null-path": one(
            bounce, _machine(FROM, "Undelivered Mail Returned to Sender", b"Return-Path: <>")
        ),
        "bounce-qq": one(bounce, _machine(b"From: PostMaster@qq.com", "系统退信/Systems bounce")),
        "bounce-163": one(bounce, _machine(b"From: Postmaster@163.com", "系统退信")),
        "bounce-exim": one(
            bounce, _machine(daemon, "Mail delivery failed: returning message to sender")
        ),
        "read-receipt": one(receipt, message(FROM, *base, read, body=report)),
    }


def _not_machines() -> dict[str, Sample]:
    def one(raw: bytes) -> Sample:
        return Sample(raw, {"automatic": ""})

    return {
        "person-writes-about-automatic-replies": one(
            _machine(FROM, "关于学校邮箱只会自动回复的投诉")
        ),
        "person-writes-about-a-bounce": one(_machine(FROM, "退信了，请问你们的邮箱能用吗")),
        "person-says-not-automatic": one(_machine(FROM, "补课", b"Auto-Submitted: no")),
        "person-on-a-list": one(
            _machine(FROM, "补课", b"Precedence: list", b"List-Id: <parents.example.com>")
        ),
        "person-called-post": one(_machine(b"From: Post Master <post.master@qq.com>", "补课")),
    }
