"""Features of a cutout do not depend on its batch, but for the last bits."""

import numpy as np
import pytest

from sciarada.nn.trained import load_encoder

CUTOUTS = 12
BOUND = 1e-5  # of the largest number, as the reference says


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("default")


def cutouts(npix: int) -> np.ndarray:
    """Return noise with a source of another width in each."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:npix, :npix] - npix // 2
    widths = np.linspace(2, 12, CUTOUTS)[:, None, None]
    sources = 30 * np.exp(-(x**2 + y**2) / 2 / widths**2)
    return (sources + rng.normal(size=sources.shape)).astype(np.float32)


def test_one_batch_again_is_the_same_to_the_last_bit(encoder):
    pixels = cutouts(encoder.card.npix)
    assert encoder.features(pixels).tobytes() == encoder.features(pixels).tobytes()


@pytest.mark.parametrize("size", [1, 5])
def test_batches_of_another_size(encoder, size):
    pixels = cutouts(encoder.card.npix)
    whole = encoder.features(pixels)
    parts = [encoder.features(pixels[i : i + size]) for i in range(0, CUTOUTS, size)]
    assert np.abs(np.concatenate(parts) - whole).max() <= BOUND * np.abs(whole).max()
