"""The random structural view: what is alike is found, however it is turned; what is not, is not."""

import numpy as np
import pytest
import torch
from sciarada_rsv import StructuralOptions
from sciarada_rsv.descriptors import DIMENSION, descriptors
from sciarada_rsv.nearest import nearest
from sciarada_rsv.structural import StructuralView
from scipy.ndimage import affine_transform, gaussian_filter
from shape_pictures import picture

from sciarada.simulation.generators import generators
from sciarada.testing.cutouts import ArrayCutouts

MORPHOLOGIES = (
    *("fr1", "fr2", "wide_angle_tail", "head_tail", "x_shaped", "odd_radio_circle"),
    *("double_double", "spiral_arcs", "snr_shell"),
)
COPIES, NPIX = 4, 64


def noise(rng):
    white = gaussian_filter(rng.standard_normal((NPIX, NPIX)), 1.3, mode="wrap")
    return white / white.std()


@pytest.fixture(scope="module")
def family():
    """Return pictures (morphology, copy): turned, mirrored, moved, of other fluxes and noise."""
    rng = np.random.default_rng(3)
    made = generators(MORPHOLOGIES)
    pictures = []
    for name in MORPHOLOGIES:
        image = picture(made[name].draw(90.0, rng), 9.0)
        image *= 60 / image.max()
        for copy in range(COPIES):
            angle = rng.uniform(0, 2 * np.pi)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            if copy % 2:
                turn[:, 0] *= -1
            turn *= 150 / NPIX  # pixels of the picture for one of the cutout
            place = rng.uniform(-2, 2, 2) + (NPIX - 1) / 2
            offset = (len(image) - 1) / 2 - turn @ place
            cutout = affine_transform(image, turn, offset, (NPIX, NPIX), order=1)
            pictures.append((cutout + noise(rng)) * 10.0 ** rng.uniform(-6, 3))
    return np.array(pictures, np.float32)


def test_copies_of_a_source_are_nearest_and_above_the_threshold(family):
    vectors = descriptors(torch.tensor(family))
    assert vectors.shape == (len(family), DIMENSION)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(len(family)))
    cosine = vectors @ vectors.T
    source = torch.arange(len(family)) // COPIES
    same = source[:, None] == source
    least = StructuralOptions().similarity
    assert (cosine[same] > least).float().mean() > 0.95
    best = cosine.fill_diagonal_(-1).argmax(dim=1)
    assert (source[best] == source).all()
    assert (cosine[~same] < least).all()


def test_the_table_has_copies_and_nothing_else(family):
    view = StructuralView(StructuralOptions(partners=3))
    table = view.prepare(ArrayCutouts(family))
    assert table.shape == (len(family), 3)
    own = np.arange(len(family))[:, None] // COPIES
    assert ((table // COPIES == own) | (table == -1)).all()
    assert (table >= 0).mean() > 0.9


def test_partners_are_drawn_from_the_table():
    view = StructuralView(StructuralOptions(probability=0.5))
    table = torch.tensor([[1, 2, 3], [0, -1, -1], [-1, -1, -1], [0, 1, -1]])
    rows = torch.arange(4).repeat(2000)
    drawn = view.partners(rows, table, torch.Generator().manual_seed(1)).reshape(2000, 4)
    shares = torch.stack([(drawn == number).float().mean(dim=0) for number in range(4)])
    wanted = torch.tensor(
        [[1 / 2, 1 / 2, 0, 1 / 4], [1 / 6, 1 / 2, 0, 1 / 4], [1 / 6, 0, 1, 0], [1 / 6, 0, 0, 1 / 2]]
    )
    torch.testing.assert_close(shares, wanted, atol=0.04, rtol=0)
    never = StructuralView(StructuralOptions(probability=0.0))
    assert torch.equal(never.partners(rows, table, torch.Generator()), rows)


def test_nearest_is_what_sorting_all_products_gives(monkeypatch):
    monkeypatch.setattr("sciarada_rsv.nearest._QUERIES", 7)
    monkeypatch.setattr("sciarada_rsv.nearest._KEYS", 5)
    chance = torch.Generator().manual_seed(1)
    vectors = torch.nn.functional.normalize(torch.randn(40, 6, generator=chance), dim=1).half()
    vectors[3] = 0
    among = torch.arange(0, 40, 2)
    found = nearest(vectors, among, 4, 0.4)
    cosine = vectors.float() @ vectors.float().T
    for row in range(40):
        others = [k for k in among.tolist() if k != row and cosine[row, k] >= 0.4]
        best = sorted(others, key=lambda k: -cosine[row, k])[:4]
        assert found[row].tolist() == best + [-1] * (4 - len(best))


def test_what_shows_nothing_has_no_partner():
    rng = np.random.default_rng(1)
    pixels = np.stack([noise(rng), np.full((NPIX, NPIX), np.nan), np.zeros((NPIX, NPIX))] * 2)
    view = StructuralView(StructuralOptions(similarity=0.0))
    table = view.prepare(ArrayCutouts(pixels))
    assert (table == -1).all()
    assert torch.isfinite(descriptors(torch.tensor(pixels, dtype=torch.float32))).all()


def test_missing_borders_do_not_matter_much(family):
    whole = family[: 3 * COPIES : COPIES].copy()
    cut = whole.copy()
    cut[:, :6] = np.nan
    cosine = (descriptors(torch.tensor(whole)) * descriptors(torch.tensor(cut))).sum(dim=1)
    assert (cosine > 0.95).all()


def test_partners_come_from_a_part_of_a_large_set(family):
    options = StructuralOptions(among=12, similarity=0.5)
    table = StructuralView(options).prepare(ArrayCutouts(family))
    assert len(np.unique(table[table >= 0])) <= 12
    assert (table == StructuralView(options).prepare(ArrayCutouts(family))).all()


class Counted(ArrayCutouts):
    """Says how many rows were asked for at a time, and with which size."""

    def __init__(self, array):
        super().__init__(array)
        self.asked = []

    def pixels(self, rows=None, npix=None):
        found = super().pixels(rows, npix)
        self.asked.append(found.shape)
        return found


def test_a_set_is_read_once_in_batches(family, monkeypatch):
    monkeypatch.setattr("sciarada_rsv.structural._BATCH", 10)
    cutouts = Counted(family)
    StructuralView(StructuralOptions(npix=48)).prepare(cutouts)
    assert sum(shape[0] for shape in cutouts.asked) == len(family)
    assert max(shape[0] for shape in cutouts.asked) == 10
    assert {shape[1:] for shape in cutouts.asked} == {(48, 48)}
