"""Islands cut out of an image: signal to noise, who takes part in a fit, and local levels."""

from dataclasses import replace

import numpy as np
import pytest
from skies import beam_noise, flat_background, sky_image, tan_wcs

from sciarada.geometry.windows import Window
from sciarada.measure.background import estimate_background
from sciarada.measure.island_stamps import IslandTask, cut_islands
from sciarada.measure.islands import Island

SHAPE = (80, 100)
BEAM_PIXELS = 4.5


def square(y0: int, x0: int, side: int = 8, **facts) -> Island:
    return Island(Window(y0, y0 + side, x0, x0 + side), np.ones((side, side), bool), "t", **facts)


def cut(data: np.ndarray, *tasks: IslandTask, model=None):
    return cut_islands(
        sky_image(data), model or flat_background(), tasks, [BEAM_PIXELS] * len(tasks)
    )


def everywhere(part, values: np.ndarray, fill=np.nan) -> np.ndarray:
    """Return a cut's array on the whole image."""
    canvas = np.full(SHAPE, fill, values.dtype)
    canvas[part.window.slices] = values
    return canvas


def test_pixels_are_signal_to_noise_of_the_peak():
    image = sky_image(5.0 + 0.1 * beam_noise(tan_wcs(SHAPE), SHAPE, seed=51))
    data = image.read()
    data[40:48, 50:58] += 3.0
    data[43, 54] += 1.0
    model = estimate_background(sky_image(data), box=32)
    (part,) = cut(data, IslandTask(square(40, 50), []), model=model)
    (below,), (rms,) = model.at([43], [54])
    assert part.rms == pytest.approx(rms)
    assert part.background == pytest.approx(below)
    expected = (data - model.background(image.window))[part.window.slices] / rms
    np.testing.assert_allclose(part.snr, expected, rtol=1e-5)


def test_the_region_is_the_island_and_half_a_beam_around():
    (part,) = cut(np.ones(SHAPE), IslandTask(square(40, 50), []))
    assert everywhere(part, part.mask, False).sum() == 64
    region = everywhere(part, part.region, False)
    assert (part.region | ~part.mask).all()
    y, x = np.nonzero(region)
    rows, columns = (np.maximum(0, np.maximum(a - v, v - a - 7)) for a, v in ((40, y), (50, x)))
    assert 1 <= np.hypot(rows, columns).max() <= BEAM_PIXELS
    assert region.sum() > 64 + 4 * 8


def test_pixels_of_other_islands_and_missing_ones_take_no_part():
    data = np.ones(SHAPE)
    data[44, 58] = np.nan
    data[45, 53] = np.nan
    other = square(38, 58, 4)
    (part,) = cut(data, IslandTask(square(40, 50), [other]))
    region = everywhere(part, part.region, False)
    assert not region[other.window.slices].any()
    assert not region[44, 58]
    assert not region[45, 53]
    assert np.isnan(everywhere(part, part.snr)[44, 58])
    assert region[43, 58]


def test_the_window_ends_at_the_border_of_the_image():
    (part,) = cut(np.ones(SHAPE), IslandTask(square(0, 92), []))
    assert part.window.within(Window.whole(SHAPE))
    assert part.window.y0 == 0
    assert part.window.x1 == SHAPE[1]
    assert part.window.within(Window(0, 24, 76, 100))
    assert part.snr.shape == part.mask.shape == part.region.shape == part.window.shape


def test_an_embedded_island_stands_on_the_emission_around_it():
    data = np.full(SHAPE, 7.0)
    data[40:48, 50:58] = 27.0
    plain, embedded = (
        cut(data, IslandTask(square(40, 50, embedded=embedded), []))[0]
        for embedded in (False, True)
    )
    assert plain.snr[plain.mask].mean() == pytest.approx(27.0)
    assert embedded.snr[embedded.mask].mean() == pytest.approx(20.0)
    assert (plain.background, embedded.background) == (0.0, 7.0)


def test_islands_are_cut_alike_alone_and_in_company():
    data = beam_noise(tan_wcs(SHAPE), SHAPE, seed=52)
    tasks = [IslandTask(square(y, x), []) for y, x in ((5, 5), (60, 20), (30, 88))]
    for task, together in zip(tasks, cut(data, *tasks), strict=True):
        (alone,) = cut(data, task)
        assert alone.window == together.window
        np.testing.assert_allclose(alone.snr, together.snr, atol=1e-5)
        np.testing.assert_array_equal(alone.region, together.region)


@pytest.mark.parametrize(("peak", "beams"), [(6, 8), (9, 12), (20, 16)])
def test_extended_sources_keep_their_flux_though_the_fine_background_follows_them(peak, beams):
    shape = (600, 600)
    y, x = np.mgrid[: shape[0], : shape[1]]
    distance = np.hypot(y - 300, x - 300)
    source = peak * 2.0 ** (-4 * (distance / (beams * BEAM_PIXELS)) ** 2)
    image = sky_image(source + beam_noise(tan_wcs(shape), shape, seed=71))
    model = estimate_background(image)
    mask = source > 3
    assert model.background(image.window)[mask].sum() > 0.09 * source[mask].sum()
    rows, columns = (slice(v.min(), v.max() + 1) for v in np.nonzero(mask))
    window = Window(rows.start, rows.stop, columns.start, columns.stop)
    island = Island(window, mask[rows, columns], "t")
    (part,) = cut_islands(image, model, [IslandTask(island, [])], [BEAM_PIXELS])
    assert part.rms * part.snr[part.mask].sum() == pytest.approx(source[mask].sum(), rel=0.03)


def test_only_extended_islands_are_measured_on_the_wide_background():
    model = flat_background()
    wide = replace(model, location=model.location + 2.0, scale=2 * model.scale)
    both = replace(model, wide=wide)
    small, large = square(10, 10, side=4), square(40, 50, side=20)
    islands = [small, large, replace(small, scale=4), replace(large, embedded=True)]
    parts = cut(np.full(SHAPE, 7.0), *(IslandTask(each, []) for each in islands), model=both)
    below = float(model.location[0, 0])
    assert [part.background for part in parts[:3]] == [below, below + 2, below + 2]
    assert [part.rms / parts[0].rms for part in parts] == [1, 1, 1, 1]
