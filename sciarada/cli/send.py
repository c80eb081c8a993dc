"""``sciarada send``: show products in a running DS9, TOPCAT or Aladin."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sciarada.cli.examples import examples
from sciarada.cli.verbosity import is_quiet
from sciarada.errors import SampError

if TYPE_CHECKING:
    from sciarada.io.samp import Client, Message, Session

LOOK_AGAIN = 0.5  # seconds between two looks at who has come to our own hub


@click.command(
    "send", epilog=examples("send image_sciarada/catalogue.vot", "send image.fits --to ds9 --hub")
)
@click.argument("product", metavar="CATALOGUE|IMAGE", type=click.Path(path_type=Path))
@click.option("--to", "name", metavar="NAME", help="Only to programs of this name, such as ds9.")
@click.option(
    "--hub",
    is_flag=True,
    help="Start a hub if there is none, and send to each program that connects, until Ctrl-C.",
)
def command(product: Path, name: str | None, hub: bool) -> None:
    """Show a catalogue or an image in a running DS9, TOPCAT or Aladin.

    The programs communicate through SAMP, on this machine only. TOPCAT and Aladin connect
    automatically; in DS9 choose File > SAMP > Connect.
    """
    from sciarada.io.samp import hub_is_running, own_hub, samp_session
    from sciarada.io.sendable import sendable

    with sendable(product) as message:
        if hub and not hub_is_running():
            with own_hub(), samp_session() as session:
                _say("a hub is running: start TOPCAT or DS9 now; Ctrl-C ends it")
                with suppress(KeyboardInterrupt):
                    _send_to_comers(session, message, name)
        else:
            with samp_session() as session:
                _send_to_all(session, message, name)


def _send_to_all(session: Session, message: Message, name: str | None) -> None:
    clients = session.takers(message.mtype)
    chosen = [client for client in clients if _is_called(client, name)]
    if not chosen:
        raise SampError(_nobody(message, name, clients))
    loaded = [_send(session, client, message) for client in chosen]
    if not any(loaded):
        raise SampError(f"no program loaded {message.name}: try another with --to NAME")


def _send_to_comers(session: Session, message: Message, name: str | None) -> None:
    served: set[str] = set()  # by identity: the name may come later than the program
    while True:
        for client in session.takers(message.mtype):
            if client.identity not in served and _is_called(client, name):
                served.add(client.identity)
                _send(session, client, message)
        time.sleep(LOOK_AGAIN)


def _send(session: Session, client: Client, message: Message) -> bool:
    refusal = session.send(client, message)
    if refusal is None:
        _say(f"{client.name} loaded {message.name}")
    else:
        click.echo(f"{client.name} did not load {message.name}: {refusal}", err=True)
    return refusal is None


def _is_called(client: Client, name: str | None) -> bool:
    return name is None or name.lower() in client.name.lower()


def _nobody(message: Message, name: str | None, clients: list[Client]) -> str:
    kind = "tables" if message.mtype.startswith("table") else "images"
    if name is not None and clients:
        there = ", ".join(client.name for client in clients)
        return f"no program called {name!r} that takes {kind} is connected: there are {there}"
    return (
        f"no program that takes {kind} is connected to the SAMP hub: start TOPCAT or Aladin, "
        f"or choose File > SAMP > Connect in DS9"
    )


def _say(text: str) -> None:
    if not is_quiet():
        click.echo(text)
