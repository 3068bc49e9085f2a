"""One mail of the demo office that could not be read and waits for somebody to look at it."""

from caseflow.demo.story import Stage
from caseflow.demo.timeline import Script, timedelta
from caseflow.intake.delivery import NOT_UNDERSTOOD
from caseflow.intake.quarantine import set_aside

_MAIL = (
    b"From: =?gb18030?B?unV1?= <someone@mail.example>\r\nTo: tips@office.example\r\n"
    b"Subject: =?utf-8?B?5YWz5LqO?=\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--y\r\n\xb9\xd8\xd3\xda\xff\xff\r\n'
)


def unreadable(stage: Stage) -> Script:
    """Set the mail aside three hours ago."""
    moment = stage.days.now - timedelta(hours=3)
    yield moment
    set_aside(
        stage.session, stage.rooms, "mailbox", "demo-unreadable", _MAIL, NOT_UNDERSTOOD, moment
    )
