"""What plugins do to the process stays with them: state, prints, exits, interrupts, threads."""

import atexit
import contextlib
import decimal
import gc
import locale
import logging
import os
import signal
import subprocess
import sys
import threading
import warnings

import matplotlib
import numpy as np
import pytest
import torch

from sciarada.errors import ImageError, PluginError
from sciarada.hooks import isolation
from sciarada.hooks.describing import describe_error, describe_value
from sciarada.hooks.isolation import PluginFault, at_work, call_chosen
from sciarada.running import stopping


def raising(error):
    def function():
        raise error

    return function


@pytest.mark.parametrize(
    "error",
    [
        ValueError("odd"),
        SystemExit(3),
        KeyboardInterrupt(),
        GeneratorExit(),
        BaseException("odd"),
        MemoryError(),
        RecursionError("deep"),
        StopIteration(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_plugin_raises_is_its_fault(error):
    with at_work("x", "tried") as work, pytest.raises(PluginFault) as caught:
        work.call(raising(error))
    assert caught.value.__cause__ is error
    assert str(caught.value).startswith(type(error).__name__)


class Odd(Exception):
    def __str__(self):
        raise SystemExit

    def __repr__(self):
        raise KeyboardInterrupt


def test_what_cannot_be_shown_is_described():
    assert describe_error(Odd()) == "Odd: <Odd that cannot be shown>"
    assert describe_value(Odd()) == "<Odd that cannot be shown>"
    assert describe_error(ValueError("one\ntwo")) == "ValueError: one"
    assert describe_error(ValueError("\x1b[31mred")) == "ValueError: \\x1b[31mred"
    assert len(describe_value("x" * 10_000)) < 400


def test_errors_that_a_user_can_mend_pass():
    with pytest.raises(ImageError, match="no image"):
        call_chosen("x", "tried", raising(ImageError("no image")), "it failed")
    with pytest.raises(PluginError, match="it failed: ZeroDivisionError: division by zero"):
        call_chosen("x", "tried", lambda: 1 / 0, "it failed")


CHANGES = {
    "working directory": lambda: os.chdir("/"),
    "environment variables": lambda: os.environ.update(HOME="/nowhere", SCIARADA_TEST="1"),
    "file mode mask": lambda: os.umask(0o777),
    "recursion limit": lambda: sys.setrecursionlimit(123_456),
    "garbage collection": gc.disable,
    "sys.stdin": lambda: setattr(sys, "stdin", None),
    "sys.stdout": lambda: setattr(sys, "stdout", None),
    "sys.stderr": lambda: setattr(sys, "stderr", None),
    "sys.excepthook": lambda: setattr(sys, "excepthook", None),
    "sys.unraisablehook": lambda: setattr(sys, "unraisablehook", print),
    "threading.excepthook": lambda: setattr(threading, "excepthook", None),
    "signal handlers": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    "logging": lambda: logging.disable(logging.CRITICAL),
    "error handling of numpy": lambda: np.seterr(all="raise"),
    "print options of numpy": lambda: np.set_printoptions(precision=1),
    "parameters of matplotlib": lambda: matplotlib.rcParams.update({"font.size": 99}),
    "number type of torch": lambda: torch.set_default_dtype(torch.float64),
    "threads of torch": lambda: torch.set_num_threads(torch.get_num_threads() + 1),
    "gradients of torch": lambda: torch.set_grad_enabled(False),
    "device of torch": lambda: torch.set_default_device("meta"),
}


def state():
    return {
        "working directory": os.getcwd(),  # noqa: PTH109
        "environment variables": dict(os.environ),
        "file mode mask": (os.umask(0o22), os.umask(0o22))[0],
        "recursion limit": sys.getrecursionlimit(),
        "garbage collection": gc.isenabled(),
        **{f"sys.{name}": getattr(sys, name) for name in ("stdin", "stdout", "stderr")},
        "sys.excepthook": sys.excepthook,
        "sys.unraisablehook": sys.unraisablehook,
        "threading.excepthook": threading.excepthook,
        "signal handlers": signal.getsignal(signal.SIGINT),
        "logging": (logging.root.manager.disable, logging.root.level, logging.root.handlers[:]),
        "error handling of numpy": np.geterr(),
        "print options of numpy": np.get_printoptions(),
        "parameters of matplotlib": dict(matplotlib.rcParams),
        "number type of torch": torch.get_default_dtype(),
        "threads of torch": torch.get_num_threads(),
        "gradients of torch": torch.is_grad_enabled(),
        "device of torch": torch.get_default_device(),
    }


@pytest.fixture(autouse=True)
def mask():
    before = os.umask(0o22)
    yield
    os.umask(before)


@pytest.mark.parametrize("name", CHANGES)
def test_the_state_of_the_process_is_put_back(name):
    before = state()
    with at_work("x", "tried") as work:
        work.call(CHANGES[name])
    assert state() == before
    assert work.changed == [name]


def test_nothing_is_reported_where_nothing_changed():
    before = state()
    with at_work("x", "tried") as work:
        work.call(lambda: None)
    assert state() == before
    assert work.changed == []


def test_it_is_put_back_after_an_error_too():
    before = state()

    def fail():
        for change in CHANGES.values():
            change()
        raise SystemExit

    with at_work("x", "tried") as work, pytest.raises(PluginFault):
        work.call(fail)
    assert state() == before
    assert sorted(work.changed) == sorted(CHANGES)


def test_loggers_are_set_up_as_they_were(caplog):
    logger = logging.getLogger("sciarada.test_isolation")
    logger.setLevel(logging.INFO)
    root = logging.root.level, logging.root.handlers[:]
    with at_work("x", "tried") as work:
        work.call(lambda: logging.basicConfig(force=True, level=1, handlers=[]))
        work.call(lambda: logger.addFilter(lambda record: False))
        work.call(lambda: setattr(logger, "disabled", True))
    assert (logging.root.level, logging.root.handlers) == root
    logger.info("heard")
    assert "heard" in caplog.text


def test_warning_filters_and_the_order_of_paths(monkeypatch):
    filters, path = warnings.filters[:], sys.path[:]

    def change():
        warnings.simplefilter("error")
        sys.path.insert(0, "/first")
        sys.path.remove(path[0])
        sys.meta_path.insert(0, raising(ImportError))

    monkeypatch.setattr(sys, "meta_path", sys.meta_path[:])
    finders = sys.meta_path[:]
    with at_work("x", "tried") as work:
        work.call(change)
    assert warnings.filters == filters
    assert sys.path == [*path, "/first"]
    assert sys.meta_path[: len(finders)] == finders
    assert work.changed == []
    sys.path[:] = path


def test_alarms_and_blocked_signals_are_taken_back():
    def change():
        signal.setitimer(signal.ITIMER_REAL, 1000)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    with at_work("x", "tried") as work:
        work.call(change)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert work.changed == ["signal handlers"]


def test_the_locale_is_put_back():
    before = locale.setlocale(locale.LC_ALL)
    other = "C" if before != "C" else "C.UTF-8"
    with at_work("x", "tried") as work:
        work.call(lambda: locale.setlocale(locale.LC_ALL, other))
    assert locale.setlocale(locale.LC_ALL) == before
    assert work.changed == ["locale"]


def test_the_directory_may_be_gone(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with at_work("x", "tried") as work:
        assert work.call(lambda: 5) == 5


def test_what_is_chosen_may_change_what_it_likes():
    with decimal.localcontext(), contextlib.ExitStack() as stack:
        stack.callback(np.seterr, **np.geterr())
        call_chosen("x", "tried", lambda: np.seterr(all="ignore"), "failed")
        assert set(np.geterr().values()) == {"ignore"}


def test_prints_go_to_the_log(capfd, caplog):
    def chatter():
        print("one\ntwo")
        print("three", end="")
        sys.stdout.buffer.write(b"\nfour \xff")
        sys.stdout.flush()
        os.write(1, b"descriptor\n")
        subprocess.run(["echo", "child"], check=True)

    print("before")
    with caplog.at_level(logging.INFO), at_work("x", "tried") as work:
        work.call(chatter)
    print("after")
    out, err = capfd.readouterr()
    assert out == "before\nafter\n"
    assert err.endswith("descriptor\nchild\n")
    said = [record.getMessage() for record in caplog.records if "prints" in record.msg]
    assert said == [f"plugin x prints: {line}" for line in ("one", "two", "three", "four \ufffd")]


def test_a_stream_that_a_plugin_keeps_can_still_be_written():
    kept = []
    with at_work("x", "tried") as work:
        work.call(lambda: kept.append(sys.stdout))
    print("later", file=kept[0])
    assert kept[0].fileno() == 2


def test_the_process_cannot_be_left():
    leave = os._exit

    def fork():
        child = os.fork()
        if not child:
            os._exit(7)  # a child may
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    with at_work("x", "tried") as work:
        with pytest.raises(PluginFault, match=r"SystemExit: os._exit\(3\) was called"):
            work.call(lambda: os._exit(3))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork with threads
            assert work.call(fork) == 7
    assert os._exit is leave


def test_handlers_at_exit_are_guarded(monkeypatch, caplog):
    registered = []
    monkeypatch.setattr(atexit, "register", lambda function, *args: registered.append(function))
    function = raising(SystemExit(7))
    with at_work("x", "tried") as work:
        assert work.call(lambda: atexit.register(function)) is function
    (handler,) = registered
    handler()
    assert "plugin x raised SystemExit: 7 at exit" in caplog.text
    assert handler == function  # so that atexit.unregister finds it


def test_an_interrupt_by_the_user_names_the_plugin():
    def interrupted():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return "caught it"

    before = signal.getsignal(signal.SIGINT)
    for function in (interrupted, lambda: signal.raise_signal(signal.SIGINT)):
        with pytest.raises(KeyboardInterrupt) as caught, at_work("x", "tried") as work:
            work.call(function)
        assert caught.value.__notes__ == ["plugin x was tried"]
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_that_was_held_back_is_passed_on():
    def hold():
        with stopping.held():
            signal.raise_signal(signal.SIGTERM)

    with (
        pytest.raises(stopping.Stopped) as caught,
        stopping.stops_raise(),
    ):
        call_chosen("x", "tried", hold, "failed")
    assert caught.value.number == signal.SIGTERM


def test_any_handler_of_a_signal_is_obeyed():
    class Terminated(BaseException):
        pass

    def handle(number, frame):
        raise Terminated

    before = signal.signal(signal.SIGTERM, handle)
    try:
        with pytest.raises(Terminated), at_work("x", "tried") as work:
            work.call(lambda: signal.raise_signal(signal.SIGTERM))
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_threads_can_ask_plugins_too():
    found = []

    def ask():
        with at_work("x", "tried") as work:
            found.append(work.call(lambda: 5))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [5]


def test_threads_that_ask_at_once_leave_the_process_as_it_was(capfd, caplog):
    before = sys.stdout, os._exit, atexit.register
    inside, first_has_left = threading.Barrier(2), threading.Event()

    def ask(name):
        with at_work(name, "tried") as work:
            inside.wait(30)
            work.call(lambda: print(f"printed by {name}"))
            if name == "second":
                first_has_left.wait(30)
        first_has_left.set()

    with caplog.at_level(logging.INFO):
        threads = [threading.Thread(target=ask, args=[name]) for name in ("first", "second")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (sys.stdout, os._exit, atexit.register) == before
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"
    for name in ("first", "second"):
        assert f"plugin {name} prints: printed by {name}" in caplog.text


def test_threads_that_are_left_are_noted(monkeypatch):
    monkeypatch.setattr(isolation, "left_threads", [])
    done = threading.Event()
    with at_work("x", "tried", patience=0) as work:
        work.call(lambda: threading.Thread(target=done.wait, name="spinner").start())
        work.call(lambda: threading.Thread(target=done.wait, daemon=True).start())
    (left,) = isolation.left_threads
    done.set()
    assert (left.thread.name, left.plugin) == ("spinner", "x")
    left.thread.join()
