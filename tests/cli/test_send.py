import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import parse
from catalogue_samples import field_wcs, realistic_catalogue
from click.testing import CliRunner
from pyvo.samp import SAMPHubServer, SAMPIntegratedClient, conf

from sciarada.cli.main import main
from sciarada.io import samp
from sciarada.io.tables import FORMATS, write_catalogue

TABLE, IMAGE = "table.load.votable", "image.load.fits"
LEAVING = "samp.hub.event.unregister"


@pytest.fixture(autouse=True)
def lock_file(tmp_path, monkeypatch):
    """Keep clear of a hub that a person may be running on this machine."""
    path = tmp_path / "samp-lock"
    monkeypatch.setenv("SAMP_HUB", f"std-lockurl:{path.as_uri()}")
    monkeypatch.setenv("HOME", str(tmp_path))
    with conf.set_temp("use_internet", False):
        yield path


@pytest.fixture
def hub():
    server = SAMPHubServer(addr="127.0.0.1", web_profile=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def hasty_hub(hub, monkeypatch):
    """Have the hub deliver each answer before the call that asked for it is over."""
    monkeypatch.setattr(hub, "_launch_thread", lambda target, args: target(*args))


@pytest.fixture
def program():
    """Return a function that connects a program which loads what it is sent."""

    def leave(client):
        with suppress(ConnectionRefusedError):  # the hub may have ended first
            client.disconnect()

    with ExitStack() as stack:

        def connect(name, mtype, status="samp.ok"):
            client = SAMPIntegratedClient(name=name, addr="127.0.0.1")
            client.connect()
            stack.callback(leave, client)
            got = []

            def load(private_key, sender_id, msg_id, mtype, params, extra):
                path = params["url"].removeprefix("file://")
                rows = len(parse(path).get_first_table().array) if mtype == TABLE else None
                got.append((params["name"], rows))
                if status is None:
                    return
                answer = {"samp.status": status, "samp.result": {}}
                if status != "samp.ok":
                    answer["samp.error"] = {"samp.errortxt": "no room"}
                client.reply(msg_id, answer)

            client.bind_receive_call(mtype, load)
            return got

        yield connect


@pytest.fixture
def catalogue(tmp_path):
    def make(name):
        path = tmp_path / f"catalogue.{name}"
        write_catalogue(realistic_catalogue(5), path)
        return path

    return make


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image.fits"
    fits.writeto(path, np.zeros((4, 4), np.float32), field_wcs().to_header())
    return path


def send(*arguments):
    return CliRunner().invoke(main, ["send", *map(str, arguments)])


@pytest.mark.parametrize("name", FORMATS)
def test_a_catalogue_goes_as_votable_to_every_program_that_takes_tables(
    name, hub, program, catalogue
):
    received = program("topcat", TABLE), program("Aladin", TABLE)
    unasked = program("viewer", IMAGE)
    result = send(catalogue(name))
    assert result.exit_code == 0
    assert sorted(result.output.splitlines()) == [
        f"Aladin loaded catalogue.{name}",
        f"topcat loaded catalogue.{name}",
    ]
    assert list(received) == [[(f"catalogue.{name}", 5)]] * 2
    assert unasked == []


def test_an_image_goes_to_programs_that_take_images(hub, program, image):
    received, unasked = program("SAOImage ds9", IMAGE), program("topcat", TABLE)
    result = send(image)
    assert (result.exit_code, result.output) == (0, "SAOImage ds9 loaded image.fits\n")
    assert (received, unasked) == ([("image.fits", None)], [])


def test_a_program_may_be_chosen_by_a_part_of_its_name(hub, program, image):
    chosen, other = program("SAOImage DS9", IMAGE), program("Aladin", IMAGE)
    assert send(image, "--to", "ds9").output == "SAOImage DS9 loaded image.fits\n"
    assert (len(chosen), len(other)) == (1, 0)


def test_without_a_hub_one_sentence_says_what_to_do(image):
    result = send(image)
    assert result.exit_code == 2
    assert result.output == (
        "sciarada: no SAMP hub is running: start TOPCAT, Aladin or DS9, "
        "or let SCIARADA be the hub with --hub\n"
    )


def test_a_lock_file_left_by_a_dead_hub_is_no_hub(image, lock_file):
    lock_file.write_text("samp.secret=x\nsamp.hub.xmlrpc.url=http://127.0.0.1:9/\n")
    assert "no SAMP hub is running" in send(image).output


def test_a_damaged_lock_file_is_no_hub(image, lock_file):
    lock_file.write_text("rubbish")
    assert "no SAMP hub is running" in send(image).output


def test_without_a_program_one_sentence_says_what_to_do(hub, image):
    result = send(image)
    assert result.exit_code == 2
    assert "no program that takes images is connected to the SAMP hub: start" in result.output


def test_a_name_that_no_program_has_lists_those_there_are(hub, program, image):
    program("Aladin", IMAGE)
    result = send(image, "--to", "ds9")
    assert result.exit_code == 2
    assert "no program called 'ds9' that takes images is connected: there are Aladin" in (
        result.output
    )


def test_a_refusal_is_told_with_its_reason(hub, program, image):
    program("Aladin", IMAGE, status="samp.error")
    result = send(image)
    assert result.exit_code == 2
    assert "Aladin did not load image.fits: no room" in result.output
    assert "no program loaded image.fits" in result.output


def test_an_answer_may_come_before_the_call_is_over(hasty_hub, program, image, monkeypatch):
    monkeypatch.setattr(samp, "TIME_LIMIT", 5)
    program("ds9", IMAGE)
    result = send(image)
    assert (result.exit_code, result.output) == (0, "ds9 loaded image.fits\n")


def test_a_program_that_does_not_answer_is_not_waited_for_longer(hub, program, image, monkeypatch):
    monkeypatch.setattr(samp, "TIME_LIMIT", 1)
    got = program("Aladin", IMAGE, status=None)
    result = send(image)
    assert result.exit_code == 2
    assert "Aladin did not load image.fits: it did not answer within 1 s" in result.output
    assert got == [("image.fits", None)]


def test_a_missing_file(hub):
    result = send("missing.fits")
    assert result.exit_code == 2
    assert result.output == "sciarada: missing.fits cannot be sent: there is no such file\n"


@pytest.mark.parametrize("name", ["notes.txt", "catalogue.fits", "catalogue.ecsv"])
def test_a_file_that_is_no_product(hub, tmp_path, name):
    path = tmp_path / name
    path.write_text("hello")
    result = send(path)
    assert result.exit_code == 2
    assert result.output.startswith(f"sciarada: {path} ")


def test_quiet(hub, program, image):
    program("ds9", IMAGE)
    assert CliRunner().invoke(main, ["--quiet", "send", str(image)]).output == ""


def test_as_the_hub_it_serves_whoever_comes_and_ends_on_ctrl_c(program, catalogue, lock_file):
    code = "from sciarada.cli.main import main; main()"
    command = [sys.executable, "-c", code, "send", str(catalogue("fits")), "--hub"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        try:
            assert process.stdout.readline().startswith("a hub is running: start TOPCAT")
            first = program("topcat", TABLE)
            assert process.stdout.readline() == "topcat loaded catalogue.fits\n"
            second = program("Aladin", TABLE)
            assert process.stdout.readline() == "Aladin loaded catalogue.fits\n"
            time.sleep(1.2)
            assert first == second == [("catalogue.fits", 5)]
            assert "127.0.0.1" in lock_file.read_text()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
    assert not lock_file.exists()


def test_a_hub_that_ends_before_it_told_of_our_leaving_is_quiet(program, monkeypatch):
    tell = SAMPHubServer._notify_

    def tell_late(hub, sender, recipient, message):
        while hub.is_running and message["samp.mtype"] == LEAVING:
            time.sleep(0.01)
        tell(hub, sender, recipient, message)

    monkeypatch.setattr(SAMPHubServer, "_notify_", tell_late)
    with samp.own_hub(), samp.samp_session():
        program("topcat", LEAVING)


def test_a_program_that_gets_its_name_late_is_sent_to_once(image, monkeypatch):
    looks = iter([[samp.Client("c1", "c1")], [samp.Client("c1", "topcat")]])

    def takers(session, mtype):
        for clients in looks:
            return clients
        raise KeyboardInterrupt

    monkeypatch.setattr(samp.Session, "takers", takers)
    monkeypatch.setattr(samp.Session, "send", lambda *_: None)
    result = send(image, "--hub")
    assert result.exit_code == 0
    assert result.output.splitlines()[1:] == ["c1 loaded image.fits"]


def test_asked_to_be_the_hub_beside_another_it_uses_that(hub, program, image):
    program("ds9", IMAGE)
    result = send(image, "--hub")
    assert (result.exit_code, result.output) == (0, "ds9 loaded image.fits\n")
