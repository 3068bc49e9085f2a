"""Says what went wrong without saying about whom.

The text of an exception may quote an address, a name or a row; what is kept and logged here is
its kind and where in our own code it came up.
"""

from traceback import walk_tb

from caseflow.outbox.transport import PermanentFailure, TemporaryFailure


def describe(error: BaseException) -> str:
    """Return kind and place of `error`; of a transport's failure its own, clean words."""
    if isinstance(error, TemporaryFailure | PermanentFailure):
        return (str(error) or type(error).__name__)[:500]
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module.startswith("caseflow.") or not place:
            place = f"{module}:{line}"
    return f"{type(error).__name__} in {place}"[:500] if place else type(error).__name__
