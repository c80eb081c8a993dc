"""The conformance kit: each check is failed by somebody, and the good ones pass them all."""

import dataclasses
import types
from dataclasses import dataclass

import numpy as np
import pytest
import sciarada_islands
import torch

from sciarada.core.detections import Detection
from sciarada.geometry.windows import Window
from sciarada.hooks import DetectorSpec, Losses, TaskSpec, hookimpl, option
from sciarada.testing import assert_plugin_conforms, conformance, small_sky, tile_view


class Brightest:
    """One object: the pixels about the brightest one."""

    def halo(self, image):
        return 4

    def detect(self, view):
        if not np.isfinite(view.snr).any():
            return []
        y, x = np.unravel_index(np.nanargmax(view.snr), view.snr.shape)
        y, x = y + view.tile.window.y0, x + view.tile.window.x0
        return [Detection(Window(y, y + 1, x, x + 1), np.ones((1, 1), bool))]


def failures(spec) -> dict[str, str]:
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


def detector(factory, **changes) -> TaskSpec:
    return TaskSpec(kind="detector", name="x", summary="An x", factory=factory, **changes)


def test_a_good_detector_passes():
    checks = list(conformance(detector(Brightest)))
    assert [str(check) for check in checks if not check.passed] == []
    assert len(checks) >= 15
    assert "ok     returns detections that lie in the tile: 1 in a field of 12 sources" in map(
        str, checks
    )


def test_the_bundled_detectors_pass():
    assert_plugin_conforms("islands")
    assert_plugin_conforms(sciarada_islands)


class NoHalo:
    detect = Brightest.detect


class HalfHalo(Brightest):
    def halo(self, image):
        return 0.5


class NegativeHalo(Brightest):
    def halo(self, image):
        return -1


class ReturnsNone(Brightest):
    def detect(self, view):
        return super().detect(view) or None


class TileCoordinates(Brightest):
    def detect(self, view):
        corner = view.tile.window
        return [
            Detection(
                Window(
                    found.window.y0 - corner.y0,
                    found.window.y1 - corner.y0,
                    found.window.x0 - corner.x0,
                    found.window.x1 - corner.x0,
                ),
                found.mask,
            )
            for found in super().detect(view)
        ]


class AlwaysTheSamePlace(Brightest):
    def detect(self, view):
        place = Window(100, 101, 100, 101)
        inside = place.within(view.tile.window) or view.tile.window.y0 > 900
        return [Detection(place, np.ones((1, 1), bool))] if inside else []


class Fickle(Brightest):
    def __init__(self):
        self.calls = 0

    def detect(self, view):
        self.calls += 1
        return super().detect(view) if self.calls % 2 else []


class InPlace(Brightest):
    def detect(self, view):
        found = super().detect(view)
        view.pixels[:] = 0
        return found


class Unpicklable(Brightest):
    def __init__(self):
        self.look = lambda: None


class NeedsBeam(Brightest):
    def detect(self, view):
        assert view.beam.major > 0
        return super().detect(view)


class NeedsPixels(Brightest):
    def detect(self, view):
        np.nanargmax(view.snr)
        return super().detect(view)


class NeedsEveryPixel(Brightest):
    def detect(self, view):
        if np.isnan(view.pixels).any() and not np.isnan(view.pixels).all():
            raise FloatingPointError("a pixel is missing")
        return super().detect(view)


class NeedsRoom(Brightest):
    def detect(self, view):
        if min(view.pixels.shape) < 10:
            raise IndexError("too small")
        return super().detect(view)


class WidthIsHeight(Brightest):
    def detect(self, view):
        if view.pixels.shape[0] > view.pixels.shape[1]:
            raise IndexError("too tall")
        return super().detect(view)


class NeedsSources(Brightest):
    def detect(self, view):
        if np.isfinite(view.snr).any() and np.nanmax(view.snr) < 8:
            raise LookupError("no sources")
        return super().detect(view)


class NeedsSpread(Brightest):
    def detect(self, view):
        if view.snr.size > 1 and (view.snr == view.snr[0, 0]).all():
            raise ZeroDivisionError("no spread")
        return super().detect(view)


class NeedsTwoPixels(Brightest):
    def detect(self, view):
        if view.pixels.size < 2:
            raise IndexError("one pixel")
        return super().detect(view)


class EmptyMask(Brightest):
    def detect(self, view):
        return [dataclasses.replace(d, mask=~d.mask) for d in super().detect(view)]


class Overconfident(Brightest):
    def detect(self, view):
        return [dataclasses.replace(d, score=1.5) for d in super().detect(view)]


class Hallucinating(Brightest):
    def detect(self, view):
        at = view.tile.window
        place = Window(at.y0, at.y0 + 1, at.x0, at.x0 + 1)
        return [Detection(place, np.ones((1, 1), bool))]


BAD = [
    (NoHalo, "has halo(image) and detect(view)", "NoHalo lacks one"),
    (HalfHalo, "asks for a halo of whole pixels", "halo() returned 0.5"),
    (NegativeHalo, "asks for a halo of whole pixels", "halo() returned -1"),
    (ReturnsNone, "finds nothing where there are no pixels", "NoneType, not a list"),
    (TileCoordinates, "counts pixels from the image's corner", "reaches out of the tile"),
    (AlwaysTheSamePlace, "counts pixels from the image's corner", "reaches out of the tile"),
    (Fickle, "gives the same answer twice", "objects, then"),
    (InPlace, "leaves the arrays that it is shown alone", "view.pixels was changed"),
    (Unpicklable, "can be sent to another process", "pickle"),
    (NeedsBeam, "copes with an image without a beam", "AttributeError"),
    (NeedsPixels, "finds nothing where there are no pixels", "ValueError"),
    (NeedsEveryPixel, "copes with missing pixels", "FloatingPointError: a pixel is missing"),
    (NeedsRoom, "copes with a sliver of a tile", "IndexError: too small"),
    (WidthIsHeight, "copes with a tall tile", "IndexError: too tall"),
    (NeedsSources, "copes with noise alone", "LookupError: no sources"),
    (NeedsSpread, "copes with background alone", "ZeroDivisionError: no spread"),
    (NeedsTwoPixels, "copes with a tile of one pixel", "IndexError: one pixel"),
    (EmptyMask, "returns detections that lie in the tile", "the mask of"),
    (Overconfident, "returns detections that lie in the tile", "the score 1.5"),
    (Hallucinating, "finds nothing where there are no pixels", "it found 1 objects"),
]


class Several(Brightest):
    """Works on several tiles at once."""

    def detect_batch(self, views):
        return [self.detect(view) for view in views]


class ForgetsTheLastTile(Several):
    def detect_batch(self, views):
        return super().detect_batch(views[:-1])


class MixesTiles(Several):
    def detect_batch(self, views):
        return super().detect_batch(views)[::-1]


class FindsLessTogether(Several):
    def detect_batch(self, views):
        return [[] for _ in views]


BATCHES = [
    (ForgetsTheLastTile, "2 lists for 3 tiles"),
    (MixesTiles, ", then Window("),
    (FindsLessTogether, "1 objects, then 0"),
]


def test_a_good_detector_of_several_tiles_passes():
    checks = list(conformance(detector(Several)))
    assert all(check.passed for check in checks)
    assert "finds the same in several tiles at once" in [check.name for check in checks]


@pytest.mark.parametrize(("factory", "detail"), BATCHES)
def test_a_bad_batch_fails_its_check(factory, detail):
    assert detail in failures(detector(factory))["finds the same in several tiles at once"]


def test_wrong_thresholds_fail_their_check():
    spec = DetectorSpec(name="x", summary="x", factory=Brightest, thresholds=lambda options: 5)
    assert "states 5 as its thresholds" in failures(spec)["states its thresholds"]


class Learner(Brightest):
    """Learns how many objects a tile has."""

    def __init__(self):
        self.number = torch.zeros((), requires_grad=True)

    def loss(self, tiles):
        counts = torch.tensor([float(len(found)) for _, found in tiles])
        total = ((counts - self.number) ** 2).mean()
        return Losses(total, {"count": total.detach()})


class WithoutGradient(Learner):
    def loss(self, tiles):
        return Losses(torch.tensor(1.0), {"count": torch.tensor(1.0)})


class Infinite(Learner):
    def loss(self, tiles):
        return Losses(super().loss(tiles).total * torch.inf, {"count": torch.tensor(1.0)})


class PerTile(Learner):
    def loss(self, tiles):
        return Losses(self.number.repeat(len(tiles)), {"count": torch.tensor(1.0)})


class Plain(Learner):
    def loss(self, tiles):
        return super().loss(tiles).total


class NoTerms(Learner):
    def loss(self, tiles):
        return Losses(super().loss(tiles).total, {})


LEARNS = "returns Losses that can be learned from"


def test_a_detector_that_learns_passes():
    checks = list(conformance(detector(Learner)))
    assert [str(check) for check in checks if not check.passed] == []
    assert LEARNS in [check.name for check in checks]


@pytest.mark.parametrize(
    ("factory", "detail"),
    [
        (WithoutGradient, "the total has no gradient"),
        (Infinite, "the total is"),
        (PerTile, "the total has the shape (2,)"),
        (Plain, "loss() returned Tensor, not Losses"),
        (NoTerms, "there are no terms"),
    ],
)
def test_a_bad_loss_fails_its_check(factory, detail):
    assert detail in failures(detector(factory))[LEARNS]


@pytest.mark.parametrize(("factory", "name", "detail"), BAD)
def test_a_bad_detector_fails_its_check(factory, name, detail):
    failed = failures(detector(factory))
    assert detail in failed[name]


@dataclass(frozen=True)
class Silent:
    level: float = 5.0


@dataclass(frozen=True)
class Incomplete:
    level: float = dataclasses.field(metadata={"help": "least signal to noise"})


@dataclass(frozen=True)
class Unlike:
    names: tuple[str, ...] = option(("a,b",), help="a name with a comma cannot be typed")


@pytest.mark.parametrize(
    ("changes", "name", "detail"),
    [
        ({"summary": "x" * 101}, "has a summary of one short line", "it has 101 characters"),
        ({"requires": ("no_such_xyz",)}, "has what it requires", "pip install no_such_xyz"),
        ({"options": Silent}, "explains each of its options", "no help for level"),
        ({"options": Incomplete}, "has defaults for all its options", "level"),
        ({"options": Unlike}, "reads its options back from what is recorded", "became"),
        ({"factory": lambda: 1 / 0}, "builds with its default options", "ZeroDivisionError"),
        ({"factory": "nowhere:x"}, "builds with its default options", "No module named 'nowhere'"),
    ],
)
def test_a_bad_declaration_fails_its_check(changes, name, detail):
    given = {"summary": "An x", "factory": lambda *options: Brightest()} | changes
    spec = TaskSpec(kind="detector", name="x", **given)
    assert detail in failures(spec)[name]


def test_what_cannot_be_built_is_not_checked_further():
    checks = list(conformance(detector("nowhere:x")))
    assert checks[-1].name == "builds with its default options"


def test_a_heavy_plugin_fails(install_plugin):
    source = """
        import click
        import {what}
        from sciarada.hooks import CommandSpec, hookimpl

        def make():
            return click.Command("{name}", help="x")

        @hookimpl
        def sciarada_commands():
            return [CommandSpec(name="{name}", summary="x", factory=make)]
    """
    heavy = install_plugin("heavy", source.format(what="scipy.ndimage", name="heavy"))
    install_plugin("light", source.format(what="json", name="light"))
    assert_plugin_conforms("light")
    with pytest.raises(AssertionError, match=f"{heavy} imports numpy, scipy; leave that to"):
        assert_plugin_conforms("heavy")


def test_a_module_with_a_problem_or_without_an_offer_fails():
    module = types.ModuleType("empty")
    with pytest.raises(AssertionError, match="FAILED offers something: it defines no hook"):
        assert_plugin_conforms(module)
    module.sciarada_task = hookimpl(lambda: [])
    with pytest.raises(AssertionError, match="complaint: unknown hook sciarada_task; did"):
        assert_plugin_conforms(module)


def test_the_small_sky():
    sky = small_sky()
    assert sky.shape == (200, 260)
    assert sky.pixel_scale == pytest.approx(2.0, rel=1e-3)
    assert np.array_equal(sky.read(), small_sky().read())
    assert not np.array_equal(sky.read(), small_sky(seed=2).read())
    noise = small_sky(sources=0).read()
    assert noise.std() == pytest.approx(1e-4, rel=1e-3)
    assert sky.read().max() > 1e-3
    view = tile_view(sky, Window(10, 50, 20, 100))
    assert np.array_equal(view.pixels, sky.read()[10:50, 20:100])
    assert view.snr.shape == (40, 80)
    assert view.wcs.wcs.crpix[0] == sky.wcs.wcs.crpix[0] - 20
