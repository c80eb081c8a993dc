"""What `import sciarada` gives, as a type checker sees it.

``mypy`` checks this file as ``mypy --strict`` would (see pyproject.toml), and pytest runs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import numpy as np

import sciarada as sc
from sciarada.core.detections import Detection, TileView
from sciarada.cutouts.cutout import Cutout
from sciarada.hooks import Detector, PluginSpec, TaskSpec, hookimpl
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import EncoderSpec
from sciarada.results.detection import DetectResult


class Nothing:
    """A detector that finds nothing."""

    def halo(self, image: sc.SkyImage) -> int:
        return 0

    def detect(self, view: TileView) -> list[Detection]:
        return []


@hookimpl
def sciarada_tasks() -> list[TaskSpec]:
    return [TaskSpec(name="nothing", kind="detector", summary="Finds nothing", factory=Nothing)]


def test_types_of_a_script(tmp_path: Path) -> None:
    sky = sc.simulate("emu", size=256, seed=1, workers=1)
    assert_type(sky.image, sc.SkyImage)
    found = sc.detect(sky.image, workers=1, peak_sigma=5)
    assert_type(found, DetectResult)
    assert_type(found.rms, np.ndarray)
    assert_type(found.write(tmp_path / "run"), Path)
    ra, dec = sky.image.pixel_to_sky([100, 150], [120, 90])
    cutouts = sc.CutoutSet.from_positions(sky.image, ra, dec, 64)
    assert_type(cutouts[0], Cutout)
    assert_type(cutouts[:1], sc.CutoutSet)
    assert cutouts[:1].pixels(npix=32).shape == (1, 32, 32)
    assert_type(sc.list_plugins("detector"), list[str])


def test_types_of_a_plugin() -> None:
    detector: Detector = Nothing()
    assert isinstance(detector, Detector)
    (spec,) = sciarada_tasks()
    assert isinstance(spec.build(), Nothing)
    manager = PluginManager.discover(quiet=True)
    assert_type(manager.find(EncoderSpec, "simclr"), EncoderSpec)
    assert_type(manager.find("detector", "islands"), PluginSpec)


def wrong_calls(found: DetectResult) -> None:
    """Not run: each of these lines must be an error, or mypy complains of an unused ignore."""
    sc.detect(1)  # type: ignore[arg-type]
    sc.read_image()  # type: ignore[call-arg]
    print(sc.load_encoder("default").vectors)  # type: ignore[attr-defined]
    print(sc.detct, found.sourcs)  # type: ignore[attr-defined]
    detector: Detector = object()  # type: ignore[assignment]
    del detector
