"""Fixtures shared by the whole test suite."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# A plain image header, of which tests change what they are about.
HEADER = {
    "CTYPE1": "RA---SIN",
    "CTYPE2": "DEC--SIN",
    "CRVAL1": 187.5,
    "CRVAL2": -45.0,
    "CRPIX1": 20.0,
    "CRPIX2": 15.0,
    "CDELT1": -2.0 / 3600,
    "CDELT2": 2.0 / 3600,
    "RADESYS": "ICRS",
    "BUNIT": "Jy/beam",
    "BMAJ": 12.0 / 3600,
    "BMIN": 8.0 / 3600,
    "BPA": 30.0,
}

# Every core has a test of its own; threads that wait for one another would only be in the way.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A property holds however busy the machine is.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# A shell has what it runs in the background ignore Ctrl-C, programs that the tests start included.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real radio data beside the checkout."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real radio data are not beside this checkout (../shared/data)")
    return folder


@pytest.fixture
def install_plugin(tmp_path, monkeypatch):
    """Install a distribution with one plugin for the length of a test.

    ``install_plugin(name, source)`` writes a module and the metadata with its entry point, as
    pip would leave them, puts them on ``sys.path`` and on PYTHONPATH, and returns the module's
    name.  The distribution is called ``dist-<name>`` unless told otherwise; ``metadata`` and
    ``entry_points`` take the place of what the files of these names would hold.
    """
    modules = []

    def install(
        name: str,
        source: str,
        distribution: str | None = None,
        metadata: bytes | None = None,
        entry_points: bytes | None = None,
    ) -> str:
        distribution = distribution or f"dist-{name}"
        site = tmp_path / f"site-{distribution}-{name}"
        module = f"plugin_{name}_{len(modules)}".replace("-", "_")
        folder = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
        folder.mkdir(parents=True)
        (site / f"{module}.py").write_text(textwrap.dedent(source))
        usual = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n".encode()
        (folder / "METADATA").write_bytes(usual if metadata is None else metadata)
        usual = f"[sciarada]\n{name} = {module}\n".encode()
        (folder / "entry_points.txt").write_bytes(usual if entry_points is None else entry_points)
        monkeypatch.syspath_prepend(site)
        monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
        modules.append(module)
        return module

    yield install
    for module in modules:
        sys.modules.pop(module, None)


@contextmanager
def _mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a file system in memory on a new folder, or skip where that is not permitted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small file system is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """Folder on a disk of one megabyte."""
    with _mounted(tmp_path / "small-disk", "size=1m") as folder:
        yield folder


@pytest.fixture
def read_only_disk(tmp_path) -> Iterator[Path]:
    """Folder on a disk that cannot be written."""
    with _mounted(tmp_path / "read-only-disk", "ro") as folder:
        yield folder


@pytest.fixture
def pixels() -> np.ndarray:
    """Noise of 30 rows and 40 columns without a zero in it."""
    return np.random.default_rng(7).normal(1.0, 0.1, (30, 40)).astype(np.float32)


@pytest.fixture
def make_header() -> Callable[..., fits.Header]:
    """Make the plain header with some keywords changed, and those set to None left out."""

    def make(**changes: object) -> fits.Header:
        cards = {**HEADER, **changes}
        return fits.Header([(key, value) for key, value in cards.items() if value is not None])

    return make


@pytest.fixture
def write_image(tmp_path, pixels, make_header) -> Callable[..., Path]:
    """Write the plain image, with other data or some keywords changed, and return its path."""

    def write(data: np.ndarray | None = None, name: str = "image.fits", **changes: object) -> Path:
        path = tmp_path / name
        fits.writeto(path, pixels if data is None else data, make_header(**changes))
        return path

    return write
