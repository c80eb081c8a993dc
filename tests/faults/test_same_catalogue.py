"""Same input, same catalogue, to the last bit: whoever does the work, and in whatever pieces."""

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import cloudpickle
import numpy as np
import pytest
from comparing import assert_same_run
from fields import SIGMA, Field, make_field
from threadpoolctl import threadpool_limits

from sciarada.detection.settings import DetectSettings
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect

REAL = (
    "fields_misc/continunet_sim/example_image.fits",
    "fields_misc/aegean_1904-66/1904-66_AIT.fits",
    "fields_misc/aegean_1904-66/1904-66_SIN.fits",
    "fields_misc/vast_sim/epoch01.fits",
)


class Cluster(Executor):
    """Sends work as a cluster does: pickled by value, and run by one of its threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2)

    def submit(self, function, /, *args, **kwargs) -> Future:
        sent = cloudpickle.dumps((function, args, kwargs))
        return self._threads.submit(_received, sent)

    def shutdown(self, wait=True, *, cancel_futures=False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)


def _received(sent: bytes) -> object:
    function, args, kwargs = cloudpickle.loads(sent)
    return cloudpickle.loads(cloudpickle.dumps(function(*args, **kwargs)))


def processes(method: str) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method))


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """A field of points, doubles and ellipses, an arc and a diffuse patch, on a turned grid."""
    shape = (300, 360)
    field = make_field(shape, step=60, seed=17)
    y, x = np.mgrid[: shape[0], : shape[1]]
    arc = 12 * (np.abs(np.hypot(y - 150, x - 180) - 90) < 4)
    patch = 3 * np.exp(-((y - 230) ** 2 + (x - 110) ** 2) / 2 / 30**2)
    data = field.data + SIGMA * (arc + patch)
    path = tmp_path_factory.mktemp("simulated") / "field.fits"
    return Field(data, field.wcs, field.truth).write(path)


@pytest.fixture
def detect(tmp_path):
    """Return what detects the sources of a file; each run in a folder of its own."""
    folders = iter(tmp_path / f"run-{number}" for number in range(100))

    def run(path, executor=None, **settings):
        settings = DetectSettings(**({"workers": 1} | settings))
        return run_detect(read_image(path), next(folders), settings, executor=executor)

    return run


@pytest.fixture(scope="module")
def alone(simulated, tmp_path_factory):
    """The run on the simulated field by one process and in one piece."""
    out = tmp_path_factory.mktemp("alone") / "out"
    found = run_detect(read_image(simulated), out, DetectSettings(workers=1, tile=0))
    assert len(found.catalogue) > 20
    assert len(found.catalogue.components) > len(found.catalogue)
    return found


@pytest.mark.parametrize(
    "settings",
    [
        {"workers": 1},
        {"workers": 2},
        {"workers": 3, "tile": 256},
        {"workers": 4, "tile": 100},
        {"workers": 1, "tile": 77},
    ],
    ids=str,
)
def test_workers_and_tiles(detect, simulated, alone, settings):
    assert_same_run(alone, detect(simulated, **settings))


@pytest.mark.parametrize(
    "make",
    [lambda: ThreadPoolExecutor(3), lambda: processes("fork"), lambda: processes("spawn"), Cluster],
    ids=["threads", "fork", "spawn", "cluster"],
)
def test_executors(detect, simulated, alone, make):
    with make() as executor:
        assert_same_run(alone, detect(simulated, executor, tile=150))


@pytest.mark.parametrize("workers", [1, 2])
def test_threads_of_linear_algebra(detect, simulated, alone, workers, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with threadpool_limits(2, user_api="blas"):
        assert_same_run(alone, detect(simulated, workers=workers))


def test_the_field_of_scorpio(shared_data, detect):
    """With two workers it had two sources more than with one."""
    path = shared_data / "scorpio_atca" / "dev" / "ScorpioS17Field.fits"
    alone = detect(path)
    assert len(alone.catalogue) > 40
    for settings in ({"workers": 2}, {"workers": 4, "tile": 300}):
        assert_same_run(alone, detect(path, **settings))
    with ThreadPoolExecutor(2) as threads:
        assert_same_run(alone, detect(path, threads, tile=0))


@pytest.mark.parametrize("name", REAL)
def test_other_real_fields(shared_data, detect, name):
    path = shared_data / name
    alone = detect(path, tile=0)
    assert len(alone.catalogue) > 0
    assert_same_run(alone, detect(path, workers=2, tile=100))
