"""Conformance checks of augmentations, by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from sciarada.hooks.protocols import (
    ChannelAugmentation,
    GeometryAugmentation,
    PartnerAugmentation,
    SkyAugmentation,
    SkyInfo,
)
from sciarada.testing.cutouts import ArrayCutouts
from sciarada.testing.pickling import pickled_and_back
from sciarada.testing.small_batches import check_shapes, of_small_batches

SAMPLES, SIDE, CHANNELS = 24, 32, 2
SMALL = "takes batches of no cutout and of one"
_SEEDS = range(20, 36)  # of batches of one cutout, so that chance leaves some of them as they are
_MAX = 8  # times as far as the cutout is wide: a matrix that leads further is wrong

Checks = Iterator[tuple[str, Callable[[], Any]]]


def augmentation_checks(stage: str, augmentation: Any) -> Checks:
    """Yield the checks of an augmentation of a stage."""
    yield from {
        "sky": _sky_checks,
        "geometry": _geometry_checks,
        "channels": _channel_checks,
        "partner": _partner_checks,
    }[stage](augmentation)
    yield "can be sent to another process", lambda: pickled_and_back(augmentation)


def sky_batch() -> tuple[Tensor, SkyInfo]:
    """Return noise with sources, partly missing, one cutout empty, one constant; and its sky."""
    chance = torch.Generator().manual_seed(1)
    along = torch.arange(SIDE) - SIDE / 2
    source = torch.exp(-(along[:, None].square() + along.square()) / 8)
    pixels = torch.randn(SAMPLES, SIDE, SIDE, generator=chance) + 30 * source
    pixels[0, : SIDE // 4] = torch.nan
    pixels[1] = torch.nan
    pixels[2] = 2.5
    beam = torch.full((SAMPLES,), 5.0)
    beam[: SAMPLES // 2] = torch.nan
    return pixels, SkyInfo(torch.full((SAMPLES,), 1.5), beam)


def turned_cutouts() -> ArrayCutouts:
    """Return a few unlike sources on noise, each in several cutouts, turned and mirrored."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    sources = []
    for number in range(SAMPLES // 6):
        size = 2.0 + 2.0 * number
        one = np.exp(-((x - size) ** 2 + y**2) / 4)
        sources.append(one + np.exp(-((x + size) ** 2 + y**2) / (4 + number)) * number / 3)
    turned = [
        np.rot90(source[::flip], turns)
        for source in sources
        for flip, turns in ((1, 0), (1, 1), (1, 3), (-1, 0), (-1, 1), (-1, 2))
    ]
    return ArrayCutouts(np.stack(turned) + rng.normal(0, 0.01, (SAMPLES, SIDE, SIDE)))


def _sky_checks(augmentation: Any) -> Checks:
    yield (
        "has apply(pixels, sky, generator)",
        lambda: _check_is(augmentation, SkyAugmentation),
    )
    pixels, sky = sky_batch()

    def draw(generator: Generator) -> Tensor:
        return augmentation.apply(pixels, sky, generator)

    def draw_alike(generator: Generator) -> Tensor:
        alike = pixels[4:5].repeat(SAMPLES, 1, 1)
        return augmentation.apply(alike, SkyInfo.unknown(alike), generator)

    def check_pixels() -> None:
        view = draw(_chance(1))
        _check_tensor(view, tuple(pixels.shape))
        assert not torch.isinf(view).any(), "a pixel is infinite"
        assert torch.isnan(view[torch.isnan(pixels)]).all(), "missing pixels came to have values"

    def draw_few(number: int, seed: int) -> Tensor:
        few = slice(4, 4 + number)
        return augmentation.apply(pixels[few], sky.of(few), _chance(seed))

    yield "returns float32 of the same shape, missing pixels missing", check_pixels
    yield SMALL, lambda: _check_small(draw_few, (SIDE, SIDE))
    yield "draws for each cutout, one view for a seed", lambda: _check_draws(draw_alike)
    yield "leaves the pixels as they were", lambda: _check_unchanged(draw, pixels)


def _geometry_checks(augmentation: Any) -> Checks:
    yield "has matrices(n, generator)", lambda: _check_is(augmentation, GeometryAugmentation)

    def draw(generator: Generator) -> Tensor:
        return augmentation.matrices(SAMPLES, generator)

    def check_matrices() -> None:
        matrices = draw(_chance(1))
        _check_tensor(matrices, (SAMPLES, 2, 3))
        assert torch.isfinite(matrices).all(), "a matrix is not finite"
        assert matrices.abs().max() <= _MAX, "a matrix leads far out of the cutout"
        flat = torch.linalg.det(matrices[:, :, :2]).abs() < 1e-6
        assert not flat.any(), "a matrix makes a line of the cutout"

    def draw_few(number: int, seed: int) -> Tensor:
        return augmentation.matrices(number, _chance(seed))

    yield "returns matrices (n, 2, 3) that can be undone", check_matrices
    yield SMALL, lambda: _check_small(draw_few, (2, 3))
    yield "draws for each cutout, one view for a seed", lambda: _check_draws(draw)


def _channel_checks(augmentation: Any) -> Checks:
    yield "has apply(images, generator)", lambda: _check_is(augmentation, ChannelAugmentation)
    images = torch.rand(SAMPLES, CHANNELS, SIDE, SIDE, generator=_chance(2))
    images[1] = 0.0
    images[2] = 1.0

    def draw(generator: Generator) -> Tensor:
        return augmentation.apply(images, generator)

    def draw_alike(generator: Generator) -> Tensor:
        return augmentation.apply(images[4:5].repeat(SAMPLES, 1, 1, 1), generator)

    def check_images() -> None:
        view = draw(_chance(1))
        _check_tensor(view, tuple(images.shape))
        assert torch.isfinite(view).all(), "a value is not finite"
        assert view.min() >= 0, "a value is below 0"
        assert view.max() <= 1, "a value is above 1"

    def draw_few(number: int, seed: int) -> Tensor:
        return augmentation.apply(images[4 : 4 + number], _chance(seed))

    yield "returns float32 of the same shape, from 0 to 1", check_images
    yield SMALL, lambda: _check_small(draw_few, (CHANNELS, SIDE, SIDE))
    yield "draws for each cutout, one view for a seed", lambda: _check_draws(draw_alike)
    yield "leaves the images as they were", lambda: _check_unchanged(draw, images)


def _partner_checks(augmentation: Any) -> Checks:
    yield (
        "has prepare(cutouts), partners(rows, table, generator)",
        lambda: _check_is(augmentation, PartnerAugmentation),
    )
    cutouts = turned_cutouts()
    tables: list[np.ndarray] = []

    def check_table() -> str:
        table = augmentation.prepare(cutouts)
        assert isinstance(table, np.ndarray), f"it is {type(table).__name__}, no array"
        assert table.dtype == np.int64, f"it is {table.dtype}, not int64"
        assert table.ndim == 2, f"it has the shape {table.shape}"
        assert len(table) == len(cutouts), f"{len(table)} rows for {len(cutouts)} cutouts"
        assert ((table >= -1) & (table < len(cutouts))).all(), "a row is none of the set"
        own = np.arange(len(cutouts))[:, None]
        assert (table != own).all(), "a cutout is its own partner"
        tables.append(table)
        return f"{(table >= 0).any(axis=1).sum()} of {len(cutouts)} have a partner"

    def check_partners() -> None:
        table, rows = torch.as_tensor(tables[0]), torch.arange(0, SAMPLES, 2)
        first, second = (augmentation.partners(rows, table, _chance(3)) for _ in range(2))
        assert first.shape == rows.shape, f"they have the shape {tuple(first.shape)}"
        assert torch.equal(first, second), "one seed gave two views"
        known = (table[rows] == first[:, None]).any(dim=1) | (first == rows)
        assert known.all(), "a partner is not in the table"

    yield "returns a table of rows, -1 for none", check_table
    yield "chooses partners from the table", check_partners
    yield SMALL, lambda: _check_few_partners(augmentation, cutouts)


def _check_few_partners(augmentation: PartnerAugmentation, cutouts: ArrayCutouts) -> None:
    """Check that cutouts without others are their own partners."""

    def choose(number: int) -> Tensor:
        table = torch.as_tensor(augmentation.prepare(cutouts[:number]))
        return augmentation.partners(torch.arange(number), table, _chance(3))

    for number, chosen in of_small_batches(choose):
        assert chosen.tolist() == list(range(number)), f"a set of {number} has partners {chosen}"


def _check_small(draw: Callable[..., Tensor], shape: tuple[int, ...]) -> None:
    for seed in _SEEDS:
        check_shapes(partial(draw, seed=seed), lambda number: (number, *shape))


def _check_is(thing: Any, wanted: type) -> None:
    assert isinstance(thing, wanted), f"{thing!r} is not a {wanted.__name__}"


def _check_tensor(given: Any, shape: tuple[int, ...]) -> None:
    assert isinstance(given, Tensor), f"{type(given).__name__} is not a tensor"
    assert tuple(given.shape) == shape, f"the shape is {tuple(given.shape)}, not {shape}"
    assert given.dtype == torch.float32, f"it is {given.dtype}"


def _check_draws(draw: Callable[[Generator], Tensor]) -> None:
    """Check that one seed gives one view, and that equal cutouts get different views."""
    assert _same(draw(_chance(7)), draw(_chance(7))), "one seed gave two views"
    views = [draw(_chance(seed)) for seed in range(8, 24)]
    assert not all(_same(views[0], other) for other in views), "all seeds gave one view"
    alike = all(_same(view, view[:1].expand_as(view)) for view in views)
    assert not alike, "all cutouts of a batch get the same view"


def _check_unchanged(draw: Callable[[Generator], Tensor], shown: Tensor) -> None:
    before = shown.clone()
    draw(_chance(5))
    assert _same(before, shown), "they were changed"


def _same(one: Tensor, other: Tensor) -> bool:
    return torch.equal(one.nan_to_num(-1e9), other.nan_to_num(-1e9))


def _chance(seed: int) -> Generator:
    return torch.Generator().manual_seed(seed)
