"""The conformance kit on augmentations of each stage: who passes, and who fails which check."""

import numpy as np
import pytest
import torch

from sciarada.hooks import AugmentationSpec
from sciarada.testing import conformance

PIXELS = "returns float32 of the same shape, missing pixels missing"
MATRICES = "returns matrices (n, 2, 3) that can be undone"
IMAGES = "returns float32 of the same shape, from 0 to 1"
DRAWS = "draws for each cutout, one view for a seed"
PIXELS_LEFT, IMAGES_LEFT = "leaves the pixels as they were", "leaves the images as they were"
TABLE, CHOICE = "returns a table of rows, -1 for none", "chooses partners from the table"
SMALL = "takes batches of no cutout and of one"
SENT = "can be sent to another process"


def failures(stage, built) -> dict[str, str]:
    spec = AugmentationSpec(name="x", summary="An x", factory=lambda: built, stage=stage)
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


def draw(n, generator):
    return torch.rand(n, generator=generator)


class Sky:
    """Makes each cutout brighter or fainter."""

    def apply(self, pixels, sky, generator):
        return pixels * (0.5 + draw(len(pixels), generator))[:, None, None]


class Turning(Sky):
    def apply(self, pixels, sky, generator):
        return super().apply(pixels, sky, generator)[:, :, :-1]


class Filling(Sky):
    def apply(self, pixels, sky, generator):
        return super().apply(pixels.nan_to_num(0), sky, generator)


class Precise(Sky):
    def apply(self, pixels, sky, generator):
        return super().apply(pixels.double(), sky, generator)


class InPlace(Sky):
    def apply(self, pixels, sky, generator):
        return pixels.mul_((0.5 + draw(len(pixels), generator))[:, None, None])


class AllAlike(Sky):
    def apply(self, pixels, sky, generator):
        return pixels * draw(1, generator)


class OwnChance(Sky):
    def apply(self, pixels, sky, generator):
        return pixels * torch.rand(len(pixels))[:, None, None]


class NoChance(Sky):
    def apply(self, pixels, sky, generator):
        return pixels * 2


class NeedsCutouts(Sky):
    def apply(self, pixels, sky, generator):
        pixels.max()
        return super().apply(pixels, sky, generator)


class NeedsTheChosen(Sky):
    """Stops when chance chooses none of the batch."""

    def apply(self, pixels, sky, generator):
        chosen = draw(len(pixels), generator) < 0.5
        if len(pixels) and not chosen.any():
            raise RuntimeError("nothing to be changed")
        return super().apply(pixels, sky, generator)


class WithoutOne(Sky):
    def apply(self, pixels, sky, generator):
        return super().apply(pixels, sky, generator).squeeze(0)


class Unpicklable(Sky):
    def __init__(self):
        self.kept = lambda: None


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "has apply(pixels, sky, generator)", "is not a SkyAugmentation"),
        (Turning(), PIXELS, "the shape is (24, 32, 31), not (24, 32, 32)"),
        (Filling(), PIXELS, "missing pixels came to have values"),
        (Precise(), PIXELS, "it is torch.float64"),
        (InPlace(), PIXELS_LEFT, "they were changed"),
        (AllAlike(), DRAWS, "all cutouts of a batch get the same view"),
        (OwnChance(), DRAWS, "one seed gave two views"),
        (NoChance(), DRAWS, "all seeds gave one view"),
        (NeedsCutouts(), SMALL, "a batch of 0 cutouts raises RuntimeError: max()"),
        (NeedsTheChosen(), SMALL, "a batch of 1 cutout raises RuntimeError: nothing to be"),
        (WithoutOne(), SMALL, "a batch of 1 cutout makes the shape (32, 32), not (1, 32, 32)"),
        (Unpicklable(), SENT, "pickle"),
    ],
)
def test_sky(built, name, detail):
    assert failures("sky", Sky()) == {}
    assert detail in failures("sky", built)[name]


class Geometry:
    """Makes sources smaller by chance."""

    def __init__(self, scale=1.0, shape=(2, 3)):
        self.scale, self.shape = scale, shape

    def matrices(self, n, generator):
        factor = self.scale * (1 + draw(n, generator))
        return factor[:, None, None] * torch.eye(*self.shape)


class NeedsMatrices(Geometry):
    def matrices(self, n, generator):
        return torch.stack([super(NeedsMatrices, self).matrices(1, generator)[0] for _ in range(n)])


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "has matrices(n, generator)", "is not a GeometryAugmentation"),
        (Geometry(shape=(3, 3)), MATRICES, "the shape is (24, 3, 3), not (24, 2, 3)"),
        (Geometry(torch.nan), MATRICES, "a matrix is not finite"),
        (Geometry(20.0), MATRICES, "leads far out of the cutout"),
        (NeedsMatrices(), SMALL, "a batch of 0 cutouts raises RuntimeError: stack expects"),
        (Geometry(1e-5), MATRICES, "makes a line of the cutout"),
    ],
)
def test_geometry(built, name, detail):
    assert failures("geometry", Geometry()) == {}
    assert detail in failures("geometry", built)[name]


class Channels:
    """Makes images fainter by chance, then changes them."""

    def __init__(self, factor=1.0, offset=0.0):
        self.factor, self.offset = factor, offset

    def apply(self, images, generator):
        change = draw(len(images), generator)[:, None, None, None]
        return images * change * self.factor + self.offset


class NeedsImages(Channels):
    def apply(self, images, generator):
        return super().apply(images / images.max().clamp(min=1), generator)


class ChannelsInPlace:
    def apply(self, images, generator):
        return images.mul_(draw(len(images), generator)[:, None, None, None])


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "has apply(images, generator)", "is not a ChannelAugmentation"),
        (Channels(2.0), IMAGES, "a value is above 1"),
        (Channels(1.0, -0.1), IMAGES, "a value is below 0"),
        (Channels(torch.inf), IMAGES, "a value is not finite"),
        (NeedsImages(), SMALL, "a batch of 0 cutouts raises RuntimeError: max()"),
        (ChannelsInPlace(), IMAGES_LEFT, "they were changed"),
    ],
)
def test_channels(built, name, detail):
    assert failures("channels", Channels()) == {}
    assert detail in failures("channels", built)[name]


class Partners:
    """Has the next row for every row, with some chance."""

    def __init__(self, step=1, change=lambda table: table, away=0):
        self.step, self.away = step, away
        self.change = change

    def prepare(self, cutouts):
        table = ((np.arange(len(cutouts)) + self.step) % len(cutouts))[:, None]
        return self.change(table)

    def partners(self, rows, table, generator):
        chosen = draw(len(rows), generator) < 0.5
        return torch.where(chosen, table[rows, 0], rows) + self.away


class NeedsOthers(Partners):
    def prepare(self, cutouts):
        table = super().prepare(cutouts)
        return table[:, :0] if len(cutouts) < 2 else table


def to_float(table):
    return table.astype(float)


def shortened(table):
    return table[1:]


def beyond(table):
    return table + 1


def as_list(table):
    return table.tolist()


def unchanged(table):
    return table


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "has prepare(cutouts), partners(rows, table, generator)", "is not a Partner"),
        (Partners(change=as_list), TABLE, "it is list, no array"),
        (Partners(change=to_float), TABLE, "it is float64, not int64"),
        (Partners(change=shortened), TABLE, "23 rows for 24 cutouts"),
        (Partners(change=beyond), TABLE, "a row is none of the set"),
        (Partners(step=0, change=unchanged), TABLE, "a cutout is its own partner"),
        (NeedsOthers(change=unchanged), SMALL, "a batch of 0 cutouts raises IndexError"),
        (Partners(change=unchanged, away=1), CHOICE, "a partner is not in the table"),
    ],
)
def test_partners(built, name, detail):
    assert failures("partner", Partners(change=unchanged)) == {}
    assert detail in failures("partner", built)[name]


def test_there_are_no_other_stages():
    with pytest.raises(ValueError, match="stage is one of partner, sky, geometry, channels"):
        AugmentationSpec(name="x", summary="An x", factory=list, stage="colour")
