"""TOPCAT and DS9 themselves, connected through SAMP, on a screen that nobody sees."""

import subprocess
import time
from contextlib import ExitStack

import pytest
from click.testing import CliRunner
from outside import need, running

from sciarada.cli.main import main
from sciarada.io.samp import own_hub, samp_session
from sciarada.io.sendable import LOAD_IMAGE, LOAD_TABLE

START_UP = 60.0  # seconds until both have come to the hub
TOPCAT, DS9 = "topcat", "SAOImageDS9"


@pytest.fixture(scope="module")
def session(screen, tmp_path_factory):
    """Start a hub, DS9 and TOPCAT; return a session once both are connected."""
    need("ds9", "topcat")
    lock = tmp_path_factory.mktemp("samp") / "lock"
    environment = {**screen, "SAMP_HUB": f"std-lockurl:{lock.as_uri()}"}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with pytest.MonkeyPatch.context() as patch, ExitStack() as programs, ExitStack() as hub:
        patch.setenv("SAMP_HUB", environment["SAMP_HUB"])
        patch.setenv("HOME", environment["HOME"])
        hub.enter_context(own_hub())
        for command in (
            ("ds9", "-samp", "client", "yes", "-samp", "connect"),
            ("topcat", f"-Duser.home={environment['HOME']}"),
        ):
            programs.enter_context(running(*command, env=environment, **silent))
        connected = hub.enter_context(samp_session())
        deadline = time.monotonic() + START_UP
        while {client.name for client in connected.takers(LOAD_TABLE)} != {TOPCAT, DS9}:
            assert time.monotonic() < deadline, "DS9 and TOPCAT did not both come to the hub"
            time.sleep(0.3)
        yield connected


def ask(session, name, mtype, **params):
    """Return a program's answer to any message."""
    (client,) = (client for client in session.takers(mtype) if client.name == name)
    return session._ask(client, {"samp.mtype": mtype, "samp.params": params})


def send(*arguments):
    result = CliRunner().invoke(main, ["send", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return sorted(result.output.splitlines())


def wait_for(session, name, good, mtype, **params):
    """Wait until a program's answer is good; programs tell of loading a bit early."""
    deadline = time.monotonic() + START_UP
    while not good(answer := ask(session, name, mtype, **params)):
        assert time.monotonic() < deadline, answer
        time.sleep(0.2)


def wait_for_rows(session, path, count):
    """Wait until TOPCAT has a table with rows to choose from."""
    choice = {"table-id": path.resolve().as_uri(), "row-list": [str(i) for i in range(count)]}

    def has_them(answer):
        return answer["samp.status"] == "samp.ok"

    wait_for(session, TOPCAT, has_them, "table.select.rowList", **choice)


def test_an_image_is_shown_by_ds9(session, products):
    assert [client.name for client in session.takers(LOAD_IMAGE)] == [DS9]
    assert send(products / "image.fits") == [f"{DS9} loaded image.fits"]
    shown = {"samp.status": "samp.ok", "samp.result": {"value": "640 600"}}
    wait_for(session, DS9, lambda answer: answer == shown, "ds9.get", cmd="fits size")


def test_a_votable_is_loaded_by_both(session, sample, products):
    path = products / "catalogue.vot"
    assert send(path) == [f"{DS9} loaded catalogue.vot", f"{TOPCAT} loaded catalogue.vot"]
    wait_for_rows(session, path, len(sample))


def test_a_fits_catalogue_is_converted_for_topcat(session, sample, products):
    path = products / "catalogue.fits"
    assert send(path, "--to", "topcat") == [f"{TOPCAT} loaded catalogue.fits"]
    wait_for_rows(session, path, len(sample))
