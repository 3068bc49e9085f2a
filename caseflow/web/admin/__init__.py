"""The administrators' pages: calendar, policies, people and posts, outbox, quarantine.

No page of an administrator shows a word of a case; quarantine is the desk's and asks for a reason.
"""

from caseflow.web.admin import (
    away,
    calendar,
    changes,
    handing,
    ladders,
    outbox,
    people,
    policies,
    policy,
    policy_change,
    postings,
    quarantine,
    spam,
    units,
    visits,
)
from caseflow.web.admin.frame import blueprint

PAGES = (
    *(away, calendar, changes, handing, ladders, outbox, people, policies, policy, policy_change),
    *(postings, quarantine, spam, units, visits),
)

__all__ = ["PAGES", "blueprint"]
