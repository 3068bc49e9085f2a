"""Old ledgers taken over at the machine: `caseflow ledger import` and `export`, as somebody."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import click

from caseflow import clock
from caseflow.clock import Period
from caseflow.errors import BadInput
from caseflow.typed_commands import asked_password

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("import")
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False
)
@click.option("--as", "username", required=True, help="who imports; asked for the password")
@click.option("--dry-run", is_flag=True, help="say what would be made, make nothing")
@click.option("--mapping", type=_FILE, help="what the columns hold and names mean, as JSON")
@click.option("--report", type=_FILE, help="write what becomes of each row to this .xlsx")
@click.option("--undo", "undone", type=int, metavar="ID", help="undo a whole import")
@click.option("--reason", default="", help="why it is undone")
def take(
    file: Path | None,
    username: str,
    dry_run: bool,
    mapping: Path | None,
    report: Path | None,
    undone: int | None,
    reason: str,
) -> None:
    """Take over the ledger that an office kept in FILE (.xlsx, .csv): all rows, or none.

    --mapping names a JSON file: {"columns": ["number", "received", "", "text"],
    "kind": "complaint", "result": "closed", "year": 2025, "units": {"NAME": 17, "OTHER": null}}.
    What it leaves out is guessed, or as the office settled it before. Exits 1 where a row is
    wrong or a name not settled.
    """
    from caseflow import typed_moves
    from caseflow.app import services

    if (file is None) == (undone is None):
        raise click.UsageError("either FILE or --undo ID")
    built, now = services(), clock.now()
    actor = typed_moves.sign_in(built.rooms, username, asked_password(), now)
    desk = _heard(built.desk_of_ledgers)
    if undone is not None:
        from caseflow.intake.old_ledger.desk import undo

        n = built.database.run(lambda session: undo(session, actor, undone, reason, now))
        click.echo(f"undone {undone}: {n} cases void")
        return
    assert file is not None
    told = _told(mapping)
    import_id = desk.begin(actor, file.name, file.read_bytes(), now)
    _settled(desk, actor, import_id, told, now)
    sys.exit(_came_of(desk, actor, import_id, now, dry_run=dry_run, report=report))


def _heard(desk: Any) -> Any:
    """Let a desk say on the terminal how far it is."""

    def say(done: int, rows: int) -> None:
        click.echo(f"{done} of {rows} rows" if rows else f"{done} rows checked", err=True)

    return replace(desk, progress=replace(desk.progress, heard=say))


def _told(mapping: Path | None) -> Mapping[str, Any]:
    if mapping is None:
        return {}
    try:
        return cast(Mapping[str, Any], json.loads(mapping.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--mapping: {error}") from error


def _settled(desk: Any, actor: Any, import_id: int, told: Mapping[str, Any], now: datetime) -> None:
    from caseflow.intake.old_ledger.desk import choices_of, of
    from caseflow.intake.old_ledger.rows import Choices

    with desk.rooms.database.read() as session:
        known = asdict(choices_of(of(session, actor, import_id)))
    said = {name: told[name] for name in known if name in told}
    choices = Choices(**known | said)
    desk.settle(
        actor, import_id, Choices(**asdict(choices) | {"columns": tuple(choices.columns)}), now
    )
    if told.get("units"):
        desk.work(now)
        desk.answer(actor, import_id, told["units"], now)
    desk.work(now)


def _came_of(
    desk: Any, actor: Any, import_id: int, now: datetime, *, dry_run: bool, report: Path | None
) -> int:
    """Say what was found, take it over where it may be, and return how to exit."""
    from caseflow.files import blobs
    from caseflow.intake.old_ledger.desk import drop, found_of, of

    with desk.rooms.database.read() as session:
        one = of(session, actor, import_id)
        found, fault = found_of(one), one.fault
        if report and one.report_blob_id:
            report.write_bytes(blobs.read(session, desk.rooms.store, one.report_blob_id))
    _say(found, fault)
    sound = not (fault or found["wrong"] or found["asked"]) and bool(found["made"])
    if dry_run or not sound:
        desk.rooms.database.run(lambda session: drop(session, actor, import_id))
        return 0 if sound else 1
    desk.confirm(actor, import_id, now)
    desk.work(now)
    with desk.rooms.database.read() as session:
        one = of(session, actor, import_id)
        click.echo(f"imported {one.id}: {one.rows} cases" if one.state == "done" else one.fault)
        return 0 if one.state == "done" else 1


def _say(found: Mapping[str, Any], fault: str) -> None:
    from caseflow.intake.old_ledger.rows import heading

    if fault:
        click.echo(fault)
    made = " ".join(f"{state} {n}" for state, n in sorted(found["made"].items()))
    click.echo(f"would make: {made or 'nothing'}; known already {found['repeated']}")
    for n, column, why, values in found["first"]:
        click.echo(f"{n}\t{heading(column)}\t{why % values}")
    for words, rows, offered in found["questions"]:
        likely = " ".join(f"{unit_id}={name}" for unit_id, name in offered)
        click.echo(f"?\t{words}\t{rows}\t{likely}")


@click.command("export-sheet")
@click.argument("file", type=_FILE)
@click.option("--as", "username", required=True, help="who exports; asked for the password")
@click.option("--like", default="", help="fingerprint of settled headings; the plain ones without")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--identities", "reason", help="with who reported, and why: it is put on the record")
def give(
    file: Path,
    username: str,
    like: str,
    since: datetime | None,
    until: datetime | None,
    reason: str | None,
) -> None:
    """Write the ledger to FILE (.xlsx) in the shape in which the office kept it."""
    from caseflow import typed_moves
    from caseflow.adapters.workbook import Workbooks
    from caseflow.app import services
    from caseflow.intake.old_ledger import exporting
    from caseflow.intake.old_ledger.exporting import Wanted

    rooms, now = services().rooms, clock.now()
    actor = typed_moves.sign_in(rooms, username, asked_password(), now)
    period = Period(since.date(), until.date()) if since and until else None

    def written(session: Any) -> bytes:
        shape = exporting.shape_named(session, actor, like)
        wanted = Wanted(shape, period, reason)
        return exporting.export(session, rooms, Workbooks(), actor, wanted, now)

    try:
        content = rooms.database.run(written)
    except BadInput as wrong:
        raise click.ClickException("\n".join(wrong.fields.values())) from wrong
    file.write_bytes(content)
