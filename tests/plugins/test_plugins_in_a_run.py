"""A real `sciarada detect` among plugins of every sort."""

import json

import pytest
from astropy.io import fits
from astropy.table import Table
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.io.tables import read_catalogue
from sciarada.testing import small_sky

DETECTOR = """
    import numpy as np
    from sciarada.core.detections import Detection
    from sciarada.geometry.windows import Window
    from sciarada.hooks import DetectorSpec, TaskSpec, hookimpl

    class Middle:
        "Finds a box of nine pixels where the tile peaks, or fails."

        def __init__(self, fail=False, label=None):
            self.fail, self.label = fail, label

        def halo(self, image):
            return 0

        def detect(self, view):
            if self.fail:
                raise ArithmeticError("the sums are wrong")
            y, x = np.unravel_index(np.nanargmax(view.snr[5:-5, 5:-5]), view.snr[5:-5, 5:-5].shape)
            y, x = y + 5 + view.tile.window.y0, x + 5 + view.tile.window.x0
            box = Window(y - 1, y + 2, x - 1, x + 2)
            return [Detection(box, np.ones((3, 3), bool), self.label)]

    @hookimpl
    def sciarada_tasks():
        return [
            TaskSpec(kind="detector", name="middle", summary="One box", factory=Middle),
            TaskSpec(kind="detector", name="failing", summary="x", factory=lambda: Middle(True)),
            DetectorSpec(name="naming", summary="x", factory=lambda: Middle(label="compact")),
            TaskSpec(kind="detector", name="unbuilt", summary="x", factory=lambda: 1 / 0),
            TaskSpec(
                kind="detector",
                name="needy",
                summary="x",
                factory=Middle,
                requires=("no_such_module_xyz",),
            ),
            TaskSpec(kind="detector", name="islands", summary="Not those", factory=Middle),
            TaskSpec(kind="detector", name="box", summary="One box", factory=Middle),
        ]

    @hookimpl
    def sciarada_run_finished(result):
        raise LookupError("nobody asked")
"""


BOX = """
    from sciarada.hooks import TaskSpec, hookimpl

    @hookimpl
    def sciarada_tasks():
        return [TaskSpec(kind="detector", name="box", summary="Another", factory=list)]
"""


@pytest.fixture
def detect(tmp_path, install_plugin):
    """Run the command on a small field, among a good, a broken and a misspelt plugin."""
    image = tmp_path / "field.fits"
    sky = small_sky()
    fits.writeto(image, sky.read(), sky.map_header())
    install_plugin("middle", DETECTOR)
    install_plugin("boom", "raise RuntimeError('the flux capacitor is missing')")
    install_plugin("box", BOX)
    install_plugin("misspelt", "def sciarada_task():\n    return []")
    out = tmp_path / "out"

    def run(*arguments: str):
        words = ["detect", str(image), "--out", str(out), "--workers", "1", *arguments]
        return CliRunner().invoke(main, words), out

    return run


def test_a_run_goes_on_among_broken_plugins(detect):
    result, out = detect()  # the detector islands of the plugin middle takes no name away
    assert result.exit_code == 0, result.output
    assert len(Table.read(out / "catalogue.ecsv")) >= 8
    assert "plugin dist-boom/boom: cannot be loaded: RuntimeError: the flux" in result.stderr
    assert "plugin dist-misspelt/misspelt: unknown hook sciarada_task" in result.stderr
    assert "sciarada_run_finished raised LookupError: nobody asked" in result.stderr


def test_a_third_party_detector_is_measured_and_recorded(detect):
    result, out = detect("--detector", "middle", "--tile", "0", "--no-diffuse", "--quiet")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    catalogue = Table.read(out / "catalogue.ecsv")
    assert len(catalogue) == 1
    assert catalogue["n_pix"][0] == 9
    assert "middle" in catalogue["finder"][0]
    assert not {"det_class", "class_name"} & {*catalogue.colnames}
    versions = json.loads((out / "run.json").read_text())["versions"]
    assert "dist-middle" in json.dumps(versions)


def test_the_class_of_a_detector_is_det_class(detect):
    result, out = detect("--detector", "naming", "--tile", "0", "--no-diffuse", "--quiet")
    assert result.exit_code == 0, result.output
    for name in ("catalogue.fits", "catalogue.vot", "catalogue.ecsv"):
        catalogue = read_catalogue(out / name).sources
        assert catalogue["det_class"].tolist() == ["compact"]
        assert "class_name" not in catalogue.colnames
    assert "tag={compact}" in (out / "sources.reg").read_text()
    assert "compact" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("boom", "no detector is called 'boom', and plugin dist-boom/boom: cannot be loaded"),
        ("misspelt", "unknown hook sciarada_task; did you mean 'sciarada_tasks'?"),
        ("needy", "needs no_such_module_xyz; install it with: pip install no_such_module_xyz"),
        ("box", "is offered by dist-box/box and dist-middle/middle; choose one as "),
        ("unbuilt", "of plugin dist-middle/middle cannot be started: ZeroDivisionError"),
        ("failing", "ArithmeticError: the sums are wrong"),
        ("midle", "no detector is called 'midle': there are "),
    ],
)
def test_choosing_what_cannot_be_had_says_why_and_leaves_nothing(detect, name, sentence):
    result, out = detect("--detector", name)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("Traceback") == 0
    assert not out.exists()
