"""Several mailboxes at once: each has its round, and one that is down keeps back no other."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime
from threading import Event

from caseflow.errors import Told, Unavailable
from caseflow.intake import fetching
from caseflow.intake.mail import Mailbox, MailboxLost, poll
from caseflow.intake.rooms import Rooms

Connect = Callable[[], AbstractContextManager[Mailbox]]
Wait = Callable[[float, Callable[[], bool]], bool]
MOST = 8  # at once
_log = logging.getLogger(__name__)


def poll_all(rooms: Rooms, boxes: Mapping[str, Connect], now: datetime) -> int:
    """Take a round in each mailbox, by its key, and return how many messages were taken.

    One that could not be reached is left alone for a while, longer each time. Raises Unavailable
    when nothing was taken and some mailbox failed.
    """
    if len(boxes) == 1:  # a thread has memory of its own, which a large message would fill
        found = [_one(rooms, key, connect, now) for key, connect in boxes.items()]
    else:
        with ThreadPoolExecutor(min(MOST, len(boxes))) as pool:
            found = list(pool.map(lambda key: _one(rooms, key, boxes[key], now), boxes))
    taken = sum(one for one in found if one is not None)
    failed = found.count(None)
    if failed and not taken:
        raise Unavailable(Told("%(n)d 个邮箱暂时不可用", n=failed))
    return taken


def _one(rooms: Rooms, key: str, connect: Connect, now: datetime) -> int | None:
    """Take a round in one mailbox; None when it failed. Its threads share nothing but the rooms."""
    try:
        with rooms.database.read() as session:
            if fetching.rests(session, key, now):
                return 0
        return poll(rooms, connect, now, key)
    except MailboxLost as error:
        _log.error("mailbox %s is down: %s", key[:8], error)
        rooms.database.run(lambda session: fetching.is_down(session, key, now))
    except Exception as error:  # noqa: BLE001 - the others go on; said by whoever calls
        _log.error("mailbox %s: %s", key[:8], type(error).__name__)
    return None


def await_any(waits: Sequence[Wait], seconds: float, stopping: Callable[[], bool]) -> bool:
    """Wait until mail came into one of several mailboxes, at most so many seconds."""
    news = Event()

    def one(wait: Wait) -> None:
        try:
            if wait(seconds, lambda: stopping() or news.is_set()):
                news.set()
        except Exception as error:  # noqa: BLE001 - the next round says what is wrong
            _log.info("nothing can be waited for: %s", type(error).__name__)

    with ThreadPoolExecutor(len(waits)) as pool:
        list(pool.map(one, waits))
    return news.is_set()
