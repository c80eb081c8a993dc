"""The pipeline: order, chance, shapes; and how it is built from names."""

import pytest
import torch

from sciarada.errors import OptionError, PluginError
from sciarada.hooks import SkyInfo
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import name_and_options
from sciarada.nn.channels.recipes import RECIPES
from sciarada.nn.views.building import USUAL, build_views
from sciarada.nn.views.pipeline import ViewPipeline

EVERY = (*USUAL, "beam", "beam_noise", "missing", "shift", "zoom", "stretch")


@pytest.fixture(scope="module")
def manager():
    return PluginManager.discover(quiet=True)


def chance(seed):
    return torch.Generator().manual_seed(seed)


def cutouts(number=6, side=40):
    along = torch.arange(side) - side / 2
    source = torch.exp(-(along[:, None].square() + (along - 6).square()) / 12)
    pixels = torch.randn(number, side, side, generator=chance(1)) + 40 * source
    pixels[0, :9] = torch.nan
    pixels[1] = torch.nan
    pixels[2, 5, 5] = torch.inf
    pixels[3] = 0.0
    return pixels


@pytest.mark.parametrize("recipe", ["sclip3", "asinh"])
@pytest.mark.parametrize("npix", [24, 40, 48])
def test_views_are_finite_and_as_large_as_asked_for(manager, recipe, npix):
    pipeline = build_views(EVERY, RECIPES[recipe], npix, manager).pipeline
    pixels = cutouts()
    shown = pixels.clone()
    views = pipeline(shown, generator=chance(3))
    assert views.shape == (6, len(RECIPES[recipe]), npix, npix)
    assert views.dtype == torch.float32
    assert torch.isfinite(views).all()
    assert views.min() >= 0
    assert views.max() <= 1
    assert (views[1] == 0).all()
    torch.testing.assert_close(shown, pixels, equal_nan=True)


def test_a_seed_makes_the_same_views_again(manager):
    pipeline = build_views(EVERY, RECIPES["sclip3"], 32, manager).pipeline
    first, again, other = (pipeline(cutouts(), generator=chance(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_without_a_generator_the_chance_is_that_of_torch(manager):
    pipeline = build_views(USUAL, RECIPES["asinh"], 32, manager).pipeline
    torch.manual_seed(5)
    first = pipeline(cutouts())
    torch.manual_seed(5)
    assert torch.equal(first, pipeline(cutouts()))


def test_without_augmentations_a_view_is_the_channels():
    pipeline, pixels = ViewPipeline(RECIPES["asinh"], 40), cutouts()
    assert torch.equal(pipeline(pixels), RECIPES["asinh"](pixels))


def test_views_do_not_depend_on_autocast(manager):
    pipeline = build_views(EVERY, RECIPES["sclip3"], 32, manager).pipeline
    plain = pipeline(cutouts(), generator=chance(1))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(pipeline(cutouts(), generator=chance(1)), plain)


class Recorder:
    """Takes the part of any augmentation, and notes what it was shown."""

    def __init__(self, log, name):
        self.log, self.name = log, name

    def apply(self, given, *_):
        self.log.append((self.name, tuple(given.shape)))
        return given

    def matrices(self, n, generator):
        self.log.append((self.name, n))
        return torch.eye(2, 3).expand(n, 2, 3)


def test_the_steps_come_in_their_order():
    log = []
    steps = {name: (Recorder(log, name),) for name in ("appearance", "geometry", "sky")}
    pipeline = ViewPipeline(RECIPES["curves3"], 20, **steps)
    pipeline(cutouts(), SkyInfo.unknown(cutouts()), chance(1))
    assert log == [("sky", (6, 40, 40)), ("geometry", 6), ("appearance", (6, 3, 20, 20))]


def test_views_are_built_in_stages_whatever_their_order(manager):
    views = build_views(["jitter", "flip", "beam", "rsv", "blur"], RECIPES["asinh"], 32, manager)
    named = [
        [type(part).__name__ for part in stage]
        for stage in (views.pipeline.sky, views.pipeline.geometry, views.pipeline.appearance)
    ]
    assert named == [["LargerBeam"], ["Flip"], ["Jitter", "Blur"]]
    assert type(views.partner).__name__ == "StructuralView"
    assert build_views(["flip"], RECIPES["asinh"], 32, manager).partner is None


def test_options_come_with_the_names(manager):
    text = "sciarada/views:blur:probability=0.4,sigma=1.5,2"
    assert name_and_options(text) == ("sciarada/views:blur", ["probability=0.4", "sigma=1.5,2"])
    assert name_and_options("views:blur") == ("views:blur", [])
    views = build_views([text], RECIPES["asinh"], 32, manager)
    options = views.pipeline.appearance[0].options
    assert (options.probability, options.sigma) == (0.4, (1.5, 2.0))


@pytest.mark.parametrize(
    ("chosen", "error", "message"),
    [
        (["nothing"], PluginError, "nothing"),
        (["blur:sigmas=2"], OptionError, "sigmas"),
        (["blur:sigma=3,1"], OptionError, "3 must come second"),
        (["rsv", "rsv"], OptionError, "leave one of them out"),
    ],
)
def test_what_cannot_be_built_is_refused(manager, chosen, error, message):
    with pytest.raises(error, match=message):
        build_views(chosen, RECIPES["asinh"], 32, manager)


def test_a_beam_in_pixels_is_known_or_taken_to_be_another():
    nan = torch.nan
    sky = SkyInfo(torch.tensor([2.0, nan, 1.0, 1.0]), torch.tensor([6.0, 6.0, nan, 0.0]))
    assert sky.beam_in_pixels(4.0).tolist() == [3.0, 4.0, 4.0, 4.0]
