"""Whether the model and the product say the same of a case: who is where, due when, which rungs."""

from collections import Counter
from typing import Any

from tests.model.matters import Case
from tests.model.product import Product


class Disagreement(AssertionError):
    """The two say something different of the same case."""


def agree(case: Case, n: int, product: Product) -> None:
    """Raise Disagreement unless both say the same of case, items and every clock it ever had."""
    [row] = product.rows("case", n)
    found: tuple[Any, ...] = (
        *(row.state, product.names.get(row.handler_id, ""), row.urgent, row.countersign),
        *(row.reopened, product.units[row.unit_id], product.areas[row.area_code]),
        *(product.areas[row.bound_for], product.number(row.same_as), *map(bool, row[9:])),
    )
    here = (
        *(case.state, case.handler, case.urgent, case.countersign, case.reopened, case.about),
        *(case.area, case.passage.to if case.passage else ""),
        *(case.same_as.n if case.same_as else None, case.ended, case.proposal is not None),
        *(case.exclusion is not None, case.left_out),
    )
    _same("case", here, found)
    _items(case, n, product)
    _clocks(case, n, product)


def _items(case: Case, n: int, product: Product) -> None:
    rows = product.rows("items", n)
    for row in rows:
        product.items[n, row.n] = row.id
    found = [
        (
            *(row.n, row.state, product.units[row.verifying_unit_id]),
            *(product.units[row.rectifying_unit_id], product.names.get(row.inspector_id, "")),
            *(row.returns, row.objections, row.designated, row.finding or ""),
        )
        for row in rows
    ]
    here = [
        (
            *(item.n, item.state, item.verifying, item.rectifying, item.inspector),
            *(item.returns, item.objections, item.designated, item.finding),
        )
        for item in case.items
    ]
    _same("items", here, found)


def _clocks(case: Case, n: int, product: Product) -> None:
    found = Counter(
        (
            *(product.on(n, row), row.name, row.started_at, row.due, row.state, row.ended_at),
            (row.next_rung, row.next_rung_at) if row.state == "running" else None,
        )
        for row in product.rows("clocks", n)
    )
    here = Counter(
        (
            *(one.on, one.name, one.started, one.due, one.state, one.ended),
            (one.next_rung() or (None, None)) if one.state == "running" else None,
        )
        for one in case.promises
    )
    _same("clocks", here, found)


def rungs_agree(case: Case, n: int, product: Product) -> None:
    """Raise Disagreement unless the same rungs happened, each once, and drafted the same."""
    _number_documents(case, n, product)
    rows = product.rows("rungs", n)
    found = sorted(
        (row.name, product.on(n, row), row.n, row.planned_at, row.superseded) for row in rows
    )
    _same("rungs", sorted(tuple(one) for one in case.rungs), found)
    documents_agree(case, n, product)


def documents_agree(case: Case, n: int, product: Product) -> None:
    """Raise Disagreement unless both know the same documents."""
    found = [
        (
            *(product.orders[n][row.id], row.kind, product.units[row.unit_id]),
            row.state,
        )
        for row in product.rows("documents", n)
    ]
    here = [(one.n, one.kind, one.unit, one.state) for one in case.documents]
    _same("documents", here, sorted(found))


def _number_documents(case: Case, n: int, product: Product) -> None:
    """Give new documents the number that the model gave them: by the rung that drafted each."""
    known = product.orders[n]
    rows = sorted(product.rows("documents", n), key=lambda row: int(row.id))
    if all(row.id in known for row in rows):
        return
    by_rung = {row.id: row for row in product.rows("rungs", n)}
    for row in rows:
        if row.id in known:
            continue
        rung = by_rung[row.rung_id]
        by = (rung.name, product.on(n, rung), rung.n)
        ours = (one.n for one in case.documents if one.drafted_by == by)
        number = next((one for one in ours if one not in known.values()), None)
        if number is None:
            raise Disagreement(f"documents: the model drafted none for {by}")
        known[row.id] = number


def _same(what: str, model: Any, product: Any) -> None:
    if model == product:
        return
    if isinstance(model, Counter):
        model, product = sorted(model - product, key=str), sorted(product - model, key=str)
    raise Disagreement(f"{what}: the model says\n  {model}\nand the product\n  {product}")
