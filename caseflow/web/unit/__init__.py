"""The pages of units and inspectors: what they hold, one item a screen, made for a telephone."""

from caseflow.web.unit import assisting, evidence, items, moves, orders, pieces
from caseflow.web.unit.frame import blueprint

__all__ = ["assisting", "blueprint", "evidence", "items", "moves", "orders", "pieces"]
