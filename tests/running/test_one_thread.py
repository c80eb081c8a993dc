"""Linear algebra has one thread while something needs the same last bits, and its own after."""

import importlib
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from sciarada.running.executor import Serial, in_order, submit
from sciarada.running.one_thread import one_thread
from sciarada.running.workers import executor_or_local

assert np.linalg.norm([3.0, 4.0]) == 5.0  # linear algebra is loaded


def threads(_: object = None) -> set[int]:
    """Return the numbers of threads of the BLAS libraries of this process."""
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    with threadpool_limits(2, user_api="blas"):
        assert threads() == {2}
        yield
        assert threads() == {2}


def test_the_limit_ends_with_the_outermost_block():
    with one_thread():
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {2}


def test_the_limit_ends_with_an_error():
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert threads() == {2}


def test_the_limit_lasts_until_the_last_thread_has_left():
    entered, may_leave = threading.Event(), threading.Event()

    def hold() -> None:
        with one_thread():
            entered.set()
            may_leave.wait(30)

    holder = threading.Thread(target=hold)
    with one_thread():
        holder.start()
        entered.wait(30)
    assert threads() == {1}
    may_leave.set()
    holder.join()
    assert threads() == {2}


def test_libraries_that_are_loaded_later_are_limited_too(tmp_path, monkeypatch):
    (tmp_path / "loaded_later.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with one_thread(), threadpool_limits(2, user_api="blas"):  # as a library comes
        importlib.import_module("loaded_later")
        with one_thread():
            assert threads() == {1}
    del sys.modules["loaded_later"]


@pytest.mark.parametrize("make", [Serial, lambda: ThreadPoolExecutor(2)], ids=["serial", "threads"])
def test_steps_in_this_process_have_one_thread(make):
    with make() as executor:
        assert list(in_order(executor, threads, range(3))) == [{1}] * 3
        assert submit(executor, threads).result() == {1}


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_steps_in_other_processes_have_one_thread(method, monkeypatch):
    for library in ("OMP", "OPENBLAS", "MKL"):  # those of a new process
        monkeypatch.setenv(f"{library}_NUM_THREADS", "2")
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as executor:
        assert list(in_order(executor, threads, range(3))) == [{1}] * 3
        assert executor.submit(threads).result() == {2}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_has_one_thread_in_this_process_too(workers):
    with executor_or_local(None, workers) as executor:
        assert threads() == {1}
        assert list(in_order(executor, threads, range(3))) == [{1}] * 3
    with ThreadPoolExecutor(1) as own, executor_or_local(own, 0) as given:
        assert given is own
        assert threads() == {1}
