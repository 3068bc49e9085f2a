"""What goes in and out of an office: letters of a parent, and everything that is sent."""

from datetime import datetime
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.intake.delivery import Outcome, deliver
from caseflow.intake.rooms import Rooms
from caseflow.notices.handlers import build
from caseflow.outbox.run import run
from caseflow.outbox.transport import Outgoing
from caseflow.people.actor import Actor
from caseflow.people.tables import Post, User
from tests.mail.conftest import AREA
from tests.mail.writing import DATE, MIME, TO, message, multipart, part
from tests.notices.watch import PostOffice

PARENT = "parent@mail.example"
OURS = "tips@office.example"
UTF8 = b"Content-Type: text/plain; charset=utf-8"
PLAIN = "投诉：食堂饭菜不新鲜。"


def letter(
    *more: bytes, by: str = PARENT, mid: str = "one", subject: str = "canteen", text: str = PLAIN
) -> bytes:
    """Return a parent's mail."""
    fields = (b"From: <" + by.encode() + b">", TO, DATE, b"Subject: " + subject.encode())
    return message(*more, *fields, MIME, UTF8, body=text.encode(), mid=mid)


def give(rooms: Rooms, raw: bytes, now: datetime) -> Outcome:
    """Deliver a mail."""
    return deliver(rooms, BytesIO(raw), now)


def somebody(session: Session, role: str, **more: object) -> Actor:
    """Make somebody of the office, who holds the posts that are told of what comes in."""
    fields = {"username": role, "name": role, "password_hash": "x", "area_code": AREA, **more}
    user = User(role=role, **fields)
    session.add(user)
    session.flush()
    for duty in ("shift_leader", "office_handler", "supervisor") if "email" in more else ():
        session.add(Post(duty=duty, area_code=AREA, user_id=user.id))
    return Actor(user.id, role, AREA, "county")


def carried_out(
    rooms: Rooms, now: datetime, post: PostOffice | None = None
) -> list[tuple[str, Outgoing]]:
    """Run the outbox until nothing is left; return address and letter of each that was sent."""
    post = post or PostOffice()
    handlers = build(rooms, {"email": post}, "https://tips.example", OURS, answers=True)
    while run(rooms.database, handlers, now, "worker"):
        pass
    return post.letters


def answered(rooms: Rooms, now: datetime) -> tuple[str, Outgoing]:
    """Take in a parent's letter; return the case's number and the receipt."""
    outcome = give(rooms, letter(), now)
    receipt = next(sent for to, sent in carried_out(rooms, now) if to == PARENT)
    return outcome.case, receipt


def in_reply_to(sent: Outgoing) -> bytes:
    """Return the field by which a mail program says what is answered."""
    return f"In-Reply-To: <{sent.message_id}@office.example>".encode()


def users(rooms: Rooms) -> dict[str, int]:
    """Return ids by user name."""
    with rooms.database.read() as session:
        return {user.username: user.id for user in session.scalars(select(User))}


def bounce(message_id: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    """Return a bounce by the book of one of our messages."""
    said = f"Final-Recipient: rfc822; x@y.example\r\nAction: {action}\r\nStatus: {status}\r\n"
    head = f"Message-ID: <{message_id}@office.example>\r\n"
    kind = b"Content-Type: multipart/report; report-type=delivery-status; boundary=B"
    body = multipart(
        b"B",
        part(UTF8, body=b"not delivered"),
        part(b"Content-Type: message/delivery-status", body=said.encode()),
        part(b"Content-Type: text/rfc822-headers", body=head.encode()),
    )
    daemon = (b"From: MAILER-DAEMON@mx.example", b"Subject: failure notice")
    return message(*daemon, TO, DATE, MIME, kind, body=body, mid=f"{status}.{action}")
