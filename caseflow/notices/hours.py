"""When people may be disturbed (trade rules: clocks know no quiet hours, messages to people do).

Pure. What is urgent knows none either, nor does a letter to a reporter: promises are kept by it.
"""

from datetime import datetime, time, timedelta

from caseflow.clock import SHANGHAI, local

EVENING, MORNING = time(22, 0), time(7, 30)


def waking(now: datetime) -> datetime:
    """Return the first moment from `now` on at which somebody may be disturbed, in UTC."""
    here = local(now)
    if MORNING <= here.time() < EVENING:
        return now
    day = here.date() + timedelta(days=here.time() >= EVENING)
    return datetime.combine(day, MORNING, SHANGHAI).astimezone(now.tzinfo)
