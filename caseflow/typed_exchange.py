"""The exchange with other offices' platforms by files, and the tokens of their machines: thin."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from caseflow import clock
from caseflow.errors import BadInput, CaseflowError


@click.group()
def token() -> None:
    """Tokens by which machines of other offices come in."""


@token.command()
@click.option("--name", required=True, help="what the office calls it")
@click.option("--sender", required=True, help="in whose name: the sending office")
@click.option("--role", default="exchange", show_default=True)
@click.option("--area", default="", help="where what comes in counts; the office's own unless said")
def create(name: str, sender: str, role: str, area: str) -> None:
    """Make a token and print it: it is shown once and kept nowhere."""
    from caseflow.app import services
    from caseflow.people import tokens

    rooms, now = services().rooms, clock.now()
    said = {"name": name, "sender": sender, "role": role, "area": area or rooms.area}
    try:
        click.echo(rooms.database.run(lambda s: tokens.create(s, now=now, **said)))
    except BadInput as error:
        raise click.ClickException("; ".join(error.fields.values())) from error


@token.command("list")
def listed() -> None:
    """List the tokens: number, role, area, since when, until when, name, sender."""
    from caseflow.app import services
    from caseflow.people import tokens

    with services().rooms.database.read() as session:
        for one in tokens.every(session):
            ended = one.revoked_at.isoformat() if one.revoked_at else "-"
            since = one.created_at.isoformat()
            click.echo("\t".join((str(one.id), one.role, one.area_code, since, ended)), nl=False)
            click.echo(f"\t{one.name}\t{one.sender}")


@token.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Let a token in no more, from this moment on."""
    from caseflow.app import services
    from caseflow.people import tokens

    now = clock.now()
    services().rooms.database.run(lambda s: tokens.revoke(s, number, now))


@click.group()
def exchange() -> None:
    """Orders from, and reports back to, another office's platform, as files (docs/exchange.md)."""


@exchange.command("in")
@click.argument("file", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--sender", required=True, help="the sending office")
@click.option("--area", default="", help="where it counts; the office's own unless said")
def take_in(file: Path, sender: str, area: str) -> None:
    """Take orders from FILE (JSON, or CSV by its name; - reads JSON) and print an acknowledgement
    for each, a line of JSON; 1 when one of them could not be taken.
    """
    from caseflow.app import services
    from caseflow.intake import exchange as exchanging
    from caseflow.people.tokens import Bearer

    rooms, now = services().rooms, clock.now()
    bearer, failed = Bearer(0, sender, area or rooms.area), False
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    for row, read in _orders(content, csv=file.suffix.lower() == ".csv"):
        try:
            told = _taken(exchanging.take(rooms, bearer, read(row), now))
        except CaseflowError as error:
            told, failed = _refused(row, error), True
        click.echo(json.dumps(told, ensure_ascii=False))
    sys.exit(1 if failed else 0)


def _orders(content: bytes, *, csv: bool) -> list[tuple[Any, Callable[[Any], Any]]]:
    from caseflow.intake.channels.handed import exchange as orders

    try:
        text = content.decode("utf-8-sig")
        if csv:
            return [(row, orders.of_row) for row in orders.of_csv(text)]
        sent = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.ClickException("不是 UTF-8 的 JSON 或 CSV") from error  # not said
    rows = sent.get("orders", [sent]) if isinstance(sent, dict) else sent
    return [(row, orders.of_json) for row in (rows if isinstance(rows, list) else [rows])]


def _taken(taken: Any) -> dict[str, Any]:
    from caseflow.api.v1.handed_down import taken_as_json

    return taken_as_json(taken)


def _refused(row: Any, error: CaseflowError) -> dict[str, Any]:
    from caseflow.api.v1.frame import problem_of

    return {"id": row.get("id") if isinstance(row, dict) else None, "problem": problem_of(error)}


@exchange.command()
@click.option("--sender", required=True, help="the office that is reported to")
@click.option("--csv", "as_table", is_flag=True, help="as a table, its columns named first")
def out(sender: str, as_table: bool) -> None:
    """Print the reports back that SENDER has not signed for yet: lines of JSON, or a table."""
    from caseflow.api.v1.handed_down import standing_as_json, standings_as_csv
    from caseflow.app import services
    from caseflow.intake import exchange as exchanging
    from caseflow.people.tokens import Bearer

    rooms, after = services().rooms, 0
    with rooms.database.read() as session:
        while found := exchanging.waiting(session, Bearer(0, sender, rooms.area), after):
            told = [one for _, one in found]
            if as_table:
                click.echo(standings_as_csv(told, headed=not after), nl=False)
            for one in () if as_table else told:
                click.echo(json.dumps(standing_as_json(one), ensure_ascii=False))
            after = found[-1][0]
    if as_table and not after:
        click.echo(standings_as_csv(()), nl=False)
