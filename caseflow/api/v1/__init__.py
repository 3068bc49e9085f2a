"""The first version of the interface; what it promises stays (docs/exchange.md)."""

from caseflow.api.v1 import handed_down
from caseflow.api.v1.frame import blueprint

__all__ = ["blueprint", "handed_down"]
