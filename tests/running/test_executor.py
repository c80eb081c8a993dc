"""The executor seam: order, bounded look-ahead, errors, and what becomes of waiting work."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from sciarada.running.executor import Serial, in_order


def square(value: int) -> int:
    return value * value


def fail_at_three(value: int) -> int:
    if value == 3:
        raise RuntimeError("three")
    return value


class Recording(Serial):
    """A serial executor that remembers how much it was handed."""

    def __init__(self) -> None:
        self.submitted = 0

    def submit(self, function, /, *args, **kwargs) -> Future:
        self.submitted += 1
        return super().submit(function, *args, **kwargs)


def test_serial_passes_arguments_and_keeps_the_result():
    future = Serial().submit(lambda a, b: (a, b), 1, b=2)
    assert future.done()
    assert future.result() == (1, 2)


def test_serial_keeps_the_error_for_whoever_asks():
    future = Serial().submit(fail_at_three, 3)
    with pytest.raises(RuntimeError, match="three"):
        future.result()


def test_serial_lets_interrupts_through():
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Serial().submit(interrupted)


@pytest.mark.parametrize("make", [Serial, lambda: ThreadPoolExecutor(3)], ids=["serial", "threads"])
def test_results_come_in_the_order_of_the_items(make):
    with make() as executor:
        assert list(in_order(executor, square, range(50), ahead=4)) == [i * i for i in range(50)]
        assert list(in_order(executor, square, [])) == []


def test_slow_items_do_not_change_the_order():
    first_may_end = threading.Event()

    def step(item: int) -> int:
        if item == 0:
            assert first_may_end.wait(10)
        else:
            first_may_end.set()
        return item

    with ThreadPoolExecutor(2) as executor:
        assert list(in_order(executor, step, range(6))) == list(range(6))


def test_no_more_than_a_bounded_number_runs_ahead():
    executor = Recording()
    results = in_order(executor, square, range(100), ahead=5)
    for taken in range(1, 20):
        next(results)
        assert executor.submitted <= taken + 5
    assert list(results) == [i * i for i in range(19, 100)]


def test_an_error_arrives_at_its_item():
    results = in_order(Serial(), fail_at_three, range(10))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(RuntimeError, match="three"):
        next(results)


def test_work_that_waits_is_cancelled_when_nobody_wants_it():
    release, ran = threading.Event(), []

    def step(item: int) -> int:
        ran.append(item)
        assert item == 0 or release.wait(10)
        return item

    with ThreadPoolExecutor(1) as executor:
        results = in_order(executor, step, range(8), ahead=8)
        assert next(results) == 0
        results.close()
        release.set()
    assert len(ran) <= 2
