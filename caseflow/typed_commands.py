"""What somebody does by name at the machine, as commands of the ledger: thin, as in `cli`."""

import click

from caseflow import clock
from caseflow.errors import BadInput


@click.command()
@click.argument("about")
@click.option("--as", "username", required=True, help="who makes it; asked for the password")
def moves(about: str, username: str) -> None:
    """List what somebody may do now with a case (NUMBER) or one of its items (NUMBER/N, or
    item/REFERENCE as its unit reads it), a document (order/N), a circular (circular/N), a file of
    inquiry (inquiry/N), or what an assisting unit was asked (assistance/N).

    orders, circulars, inquiries and assistances list what there is to be named.
    """
    from caseflow import typed_moves
    from caseflow.app import services

    rooms = services().rooms
    actor = typed_moves.sign_in(rooms, username, asked_password(), clock.now())
    for name, wants in typed_moves.offered(rooms, actor, about, clock.now()):
        said = (one.name if one.needed else f"[{one.name}]" for one in wants)
        click.echo(" ".join([name, *said]))


@click.command()
@click.argument("about")
@click.argument("name", metavar="MOVE")
@click.argument("said", nargs=-1, metavar="[WHAT=VALUE]...")
@click.option("--as", "username", required=True, help="who makes it; asked for the password")
def move(about: str, name: str, said: tuple[str, ...], username: str) -> None:
    """Make a move on what `ledger moves` can name, as somebody.

    `ledger moves` lists the moves and what each wants to be told. WHAT=@FILE takes the words from a
    file, so that nobody reads them in the list of processes.
    """
    from caseflow import typed_moves
    from caseflow.app import services

    rooms = services().rooms
    typed = dict(_typed(one) for one in said)
    actor = typed_moves.sign_in(rooms, username, asked_password(), clock.now())
    try:
        click.echo(typed_moves.make(rooms, actor, about, name, typed, clock.now()))
    except BadInput as error:
        lines = (f"{field}: {why}" for field, why in error.fields.items())
        raise click.ClickException("\n".join(lines)) from error


@click.command()
@click.argument("about")
@click.argument("what", default="text")
@click.option("--as", "username", required=True, help="who reads it; asked for the password")
def read(about: str, what: str, username: str) -> None:
    """Print what a document says, as somebody who may read its page.

    WHAT is text; of a document or an assistance answer; of a circular public_text or correction.
    """
    from caseflow import typed_moves
    from caseflow.app import services

    rooms = services().rooms
    actor = typed_moves.sign_in(rooms, username, asked_password(), clock.now())
    click.echo(typed_moves.read(rooms, actor, about, what))


def asked_password() -> str:
    """Ask for the password of whoever types, without showing it."""
    password: str = click.prompt("password", hide_input=True, err=True)
    return password


def _typed(said: str) -> tuple[str, str]:
    what, equals, value = said.partition("=")
    if not equals:
        raise click.UsageError(f"not WHAT=VALUE: {what}")
    if value.startswith("@"):
        try:
            with click.open_file(value[1:], encoding="utf-8") as file:
                return what, file.read().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"{what}: {error}") from error
    return what, value
