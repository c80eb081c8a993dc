"""SAMP: hand tables and images to the DS9, TOPCAT or Aladin that is running."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from xmlrpc.client import Error as XmlRpcError

from astropy import log
from pyvo.samp import (
    SAMPClient,
    SAMPClientError,
    SAMPHubError,
    SAMPHubProxy,
    SAMPHubServer,
    SAMPWarning,
    conf,
)

from sciarada.errors import SampError

LOOPBACK = "127.0.0.1"
TIME_LIMIT = 60  # seconds allowed for a program to load a file

_NO_HUB = (SAMPHubError, SAMPClientError, XmlRpcError, KeyError, ValueError, OSError)


@dataclass(frozen=True)
class Message:
    """Something to be loaded.

    Parameters
    ----------
    mtype : str
        SAMP's name of the request, such as ``table.load.votable``.
    source : Path
        What is sent: names it, and tells a program that it is sent again.
    path : Path
        File to be loaded, on this machine: the source or a copy in another format.
    """

    mtype: str
    source: Path
    path: Path

    @property
    def name(self) -> str:
        """Its name for users."""
        return self.source.name

    def as_samp(self) -> dict[str, Any]:
        """Return the message in SAMP's form."""
        kind = self.mtype.partition(".")[0]
        url, identity = (path.resolve().as_uri() for path in (self.path, self.source))
        params = {"url": url, f"{kind}-id": identity, "name": self.name}
        return {"samp.mtype": self.mtype, "samp.params": params}


@dataclass(frozen=True)
class Client:
    """A program that is connected to the hub.

    Parameters
    ----------
    identity : str
        The hub's name for it, such as ``c2``.
    name : str
        Its own name, such as ``topcat``.
    """

    identity: str
    name: str


class Session:
    """A registration with the running hub; made by `samp_session`."""

    def __init__(self, ourselves: SAMPClient) -> None:
        self._ourselves = ourselves
        self._hub = ourselves.hub
        self._key = ourselves.get_private_key()

    def takers(self, mtype: str) -> list[Client]:
        """Return the programs that understand a kind of message."""
        clients = []
        for identity in self._hub.get_subscribed_clients(self._key, mtype):
            with suppress(XmlRpcError):  # it may have left the hub in between
                about = self._hub.get_metadata(self._key, identity)
                clients.append(Client(identity, about.get("samp.name", identity)))
        return clients

    def send(self, client: Client, message: Message) -> str | None:
        """Send a message and wait; return None if it was loaded, or else why not."""
        try:
            answer = self._ask(client, message.as_samp())
        except (XmlRpcError, OSError, Empty):
            return f"it did not answer within {TIME_LIMIT} s"
        if answer.get("samp.status") == "samp.ok":
            return None
        error = answer.get("samp.error", {})
        return str(error.get("samp.errortxt", "it gave no reason"))

    def _ask(self, client: Client, message: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a message; raise `queue.Empty` if it does not come in time.

        It is awaited here, from before the message leaves. Where pyvo is the hub, its
        ``callAndWait`` only awaits an answer once the message has left, and loses a quicker one.
        """
        answers: SimpleQueue[dict[str, Any]] = SimpleQueue()
        tag = secrets.token_hex()
        self._ourselves.bind_receive_response(tag, lambda *received: answers.put(received[-1]))
        try:
            self._hub.call(self._key, client.identity, tag, message)
            return answers.get(timeout=TIME_LIMIT)
        finally:
            self._ourselves.unbind_receive_response(tag)


@contextmanager
def samp_session() -> Iterator[Session]:
    """Register with the running hub for as long as the context lasts.

    Raises
    ------
    SampError
        If no hub is running.
    """
    with _listening_client(SAMPHubProxy()) as ourselves:
        try:
            ourselves.hub.connect()
            ourselves.register()
        except _NO_HUB as error:
            raise SampError(
                "no SAMP hub is running: start TOPCAT, Aladin or DS9, or let SCIARADA be the hub "
                "with --hub"
            ) from error
        try:
            yield Session(ourselves)
        finally:
            with suppress(XmlRpcError, OSError):  # the hub may have ended first
                ourselves.unregister()


@contextmanager
def _listening_client(hub: SAMPHubProxy) -> Iterator[SAMPClient]:
    """Listen, on this machine only, for messages of the hub once the caller has connected it."""
    with conf.set_temp("use_internet", False):
        client = SAMPClient(
            hub,
            name="SCIARADA",
            description="Finds and measures sources in radio survey images",
            addr=LOOPBACK,
        )
    client.unbind_receive_call("client.env.get", declare=False)  # reveals any variable
    client.start()
    try:
        yield client
    finally:
        hub.disconnect()
        client.stop()


def hub_is_running() -> bool:
    """Return whether a program of this user runs a hub."""
    try:
        with samp_session():
            return True
    except SampError:
        return False


@contextmanager
def own_hub() -> Iterator[None]:
    """Be the hub, reachable from this machine only, for as long as the context lasts.

    There must be no other, see `hub_is_running`.
    """
    level = log.level
    log.setLevel("WARNING")  # astropy's logger: the hub logs its start and end
    try:
        with conf.set_temp("use_internet", False):
            hub = SAMPHubServer(
                secret=secrets.token_hex(), addr=LOOPBACK, label="SCIARADA", web_profile=False
            )
            hub.start()
        try:
            yield
        finally:
            with warnings.catch_warnings():
                # pyvo leaves its connections to the programs to be collected, and warns of each
                # program that it can no longer notice that another one, such as this, has left.
                warnings.simplefilter("ignore", ResourceWarning)
                warnings.simplefilter("ignore", SAMPWarning)
                hub.stop()
    finally:
        log.setLevel(level)
