"""Plugins that misbehave in a process of its own: exit status, stdout and end are the command's."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from astropy.io import fits

from sciarada.testing import small_sky

HOSTILE = """
    import atexit, logging, os, sys, threading, time, warnings
    from sciarada.hooks import hookimpl

    print("printed at import")
    os.write(1, b"written at import\\n")
    sys.stderr.flush()
    os.chdir("/")
    os.umask(0o777)
    os.environ["SCIARADA_DISABLE_PLUGINS"] = "all"
    warnings.simplefilter("error")
    logging.disable(logging.CRITICAL)
    threading.Thread(target=time.sleep, args=(600,), name="spinner").start()

    @atexit.register
    def leave():
        print("printed at exit")
        os._exit(9)

    @atexit.register
    def fail():
        raise SystemExit(8)

    @hookimpl
    def sciarada_tasks():
        print("printed in a hook")
        sys.exit(7)

    @hookimpl
    def sciarada_run_finished(result):
        print("printed at the end")
        result.run.clear()
        result.catalogue.sources.remove_rows(slice(None))
        os._exit(6)
"""


def sciarada(*arguments: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "sciarada", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, **options)


def test_a_list_of_plugins_is_json_whatever_they_print_and_however_they_end(install_plugin):
    install_plugin("hostile", HOSTILE)
    began = time.monotonic()
    run = sciarada("plugins", "--json")
    assert run.returncode == 0
    problems = {
        r["problem"] for r in json.loads(run.stdout) if r["owner"] == "dist-hostile/hostile"
    }
    assert "sciarada_tasks raised SystemExit: 7" in problems
    assert (
        "changed working directory, environment variables, file mode mask, logging while it was "
        "loaded, which was put back" in problems
    )
    assert "plugin dist-hostile/hostile left the thread 'spinner' running" in run.stderr
    assert "Traceback" not in run.stderr
    assert time.monotonic() - began < 60, "the thread of 600 s was waited for"


def test_a_finished_run_stays_finished(install_plugin, tmp_path):
    sky = small_sky()
    fits.writeto(tmp_path / "field.fits", sky.read(), sky.map_header())
    install_plugin("hostile", HOSTILE.replace("args=(600,)", "args=(0,)"))
    run = sciarada("detect", "field.fits", "--workers", "1", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0].startswith("1")  # the summary, with more than 10 sources
    assert "printed" not in run.stdout
    assert "plugin dist-hostile/hostile prints: printed at the end" in run.stderr
    assert "sciarada_run_finished raised SystemExit: os._exit(6) was called" in run.stderr
    assert "Traceback" not in run.stderr
    assert (tmp_path / "field_sciarada" / "report.html").is_file()
    assert json.loads((tmp_path / "field_sciarada" / "run.json").read_text())["counts"]["sources"]


def test_a_plugin_that_never_returns_is_named_when_interrupted(install_plugin, tmp_path):
    there = tmp_path / "there"
    install_plugin(
        "endless",
        f"""
        import pathlib, time
        pathlib.Path({str(there)!r}).touch()
        while True:
            try:
                time.sleep(600)
            except BaseException:
                break
        """,
    )
    command = [sys.executable, "-m", "sciarada", "plugins", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not there.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "sciarada: interrupted; plugin dist-endless/endless was being loaded" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("content", [b"[sciarada]\nodd\n", b"\xff[sciarada]\nodd = \xfe\n"])
def test_commands_survive_malformed_entry_points(install_plugin, tmp_path, content):
    sky = small_sky()
    fits.writeto(tmp_path / "field.fits", sky.read(), sky.map_header())
    install_plugin("odd", "", entry_points=content)
    run = sciarada("info", "field.fits", "--json", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)


def test_a_command_of_sciarada_imports_no_plugin_that_it_does_not_need(install_plugin, tmp_path):
    there = tmp_path / "there"
    install_plugin("watched", f"import pathlib; pathlib.Path({str(there)!r}).touch()")
    sky = small_sky()
    fits.writeto(tmp_path / "field.fits", sky.read(), sky.map_header())
    for arguments in (["info", "field.fits"], ["detect", "--help"], ["--version"]):
        assert sciarada(*arguments, cwd=tmp_path).returncode == 0
        assert not there.exists(), f"{arguments} imported it"
    disabled = os.environ | {"SCIARADA_DISABLE_PLUGINS": "watched"}
    assert sciarada("plugins", env=disabled).returncode == 0
    assert not there.exists()
    assert sciarada("plugins").returncode == 0
    assert there.exists()
