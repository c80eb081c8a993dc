"""From islands to measured sources: the pixels' and the components' say, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import ndimage

from sciarada.core.beam import FWHM_PER_SIGMA
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.core.windows import Window
from sciarada.measure import gaussians
from sciarada.measure.background import BackgroundModel
from sciarada.measure.correlation import NoiseCorrelation
from sciarada.measure.cutting import IslandPixels, IslandTask, cut_islands
from sciarada.measure.fitting import FitSettings, Fitter
from sciarada.measure.gaussians import PA, PB, PC, SIZE, X0, Y0, A, Components
from sciarada.measure.grouping import group_components
from sciarada.measure.islands import Island
from sciarada.measure.outlines import largest_extent, outlines
from sciarada.measure.shapes import ASSUMED_BEAM_PIXELS, beam_precisions

POOR_FRACTION, POOR_SIGMA = 0.25, 2.0


@dataclass(frozen=True)
class MeasureSettings:
    """How islands are measured.

    Parameters
    ----------
    fit : FitSettings
    grow_sigma : float
        Level to which the islands were grown, in units of the noise.
    """

    fit: FitSettings = field(default_factory=FitSettings)
    grow_sigma: float = 3.0


@dataclass(frozen=True, eq=False)
class MeasuredSource:
    """One measured source, in pixels and in the image's unit.

    Parameters
    ----------
    window, mask
        The source's pixels.
    components : Components
        Its Gaussians, in image pixels and image unit; empty where none fits.
    centroid, centroid_covariance : ndarray, shapes (2,) and (2, 2)
        Position (x, y) and its covariance in pixels.
    peak_pixel : tuple of int
        (x, y) of the brightest pixel.
    peak, e_peak : float
        Peak surface brightness.
    total, e_total, mask_total, e_mask_total : float
        Sums over pixels in image unit times pixels: divide by the beam area for Jy.
    shape : ndarray, shape (2, 2)
        Covariance (x, y) of the light in pixels^2.
    rms, background : float
    flags : int
    by_pixels : bool
        Whether flux, position and shape come from the pixels, no Gaussian describing them.
    outline : ndarray, shape (n, 2)
        Polygon (x, y) around the mask.
    extent : float
        Largest distance in pixels between two points of the outline.
    """

    window: Window
    mask: np.ndarray
    components: Components
    centroid: np.ndarray
    centroid_covariance: np.ndarray
    peak_pixel: tuple[int, int]
    peak: float
    e_peak: float
    total: float
    e_total: float
    mask_total: float
    e_mask_total: float
    shape: np.ndarray
    rms: float
    background: float
    flags: int
    by_pixels: bool
    outline: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    extent: float = 0.0


@dataclass(frozen=True, eq=False)
class Measurer:
    """Measures islands of one image; the same for every detector.

    Parameters
    ----------
    image : SkyImage
    background : BackgroundModel
    noise : NoiseCorrelation
    settings : MeasureSettings
    """

    image: SkyImage
    background: BackgroundModel
    noise: NoiseCorrelation
    settings: MeasureSettings = field(default_factory=MeasureSettings)

    def __call__(self, tasks: Sequence[IslandTask]) -> list[list[MeasuredSource]]:
        """Return the sources of each island, brightest first.

        Parameters
        ----------
        tasks : sequence of IslandTask
            Islands near each other: the box around them all is read at once.
        """
        beams = self._beams([task.island for task in tasks])
        width = FWHM_PER_SIGMA * float(np.linalg.det(beams[0])) ** -0.25
        cuts = cut_islands(self.image, self.background, tasks, width)
        fitter = Fitter(self.noise, self.settings.fit, hold=self.image.beam is not None)
        fine = [i for i, task in enumerate(tasks) if task.island.scale == 1 and cuts[i].mask.any()]
        fitted = dict(
            zip(fine, fitter([cuts[i] for i in fine], [beams[i] for i in fine]), strict=True)
        )
        found = [
            self._sources(task.island, cut, fitted.get(i, Components.none()))
            for i, (task, cut) in enumerate(zip(tasks, cuts, strict=True))
        ]
        rings = iter(outlines([source.mask for sources in found for source in sources]))
        return [[_outlined(source, next(rings)) for source in sources] for sources in found]

    def _beams(self, islands: Sequence[Island]) -> np.ndarray:
        """Return the beam's precision matrix on the pixel grid at each island."""
        if self.image.beam is None:
            guess = np.eye(2) * (FWHM_PER_SIGMA / ASSUMED_BEAM_PIXELS) ** 2
            return np.broadcast_to(guess, (len(islands), 2, 2))
        middles = np.array([_centre(island.window) for island in islands], float)
        return beam_precisions(self.image, middles[:, 1], middles[:, 0])

    def _sources(
        self, island: Island, cut: IslandPixels, components: Components
    ) -> list[MeasuredSource]:
        """Share an island out among its sources; one without valid pixels has none."""
        if not cut.mask.any():
            return []
        poor = _is_poor(cut, components)
        number = group_components(
            components,
            components.free,
            cut.snr,
            (cut.window.y0, cut.window.x0),
            self.settings.grow_sigma,
            poor=poor,
        )
        parts = _share_out(cut, components, number)
        sources = [
            self._source(island, cut, mask, components.select(np.isin(number, groups)), poor)
            for groups, mask in parts
        ]
        if len(sources) > 1:
            sources = [replace(s, flags=s.flags | Flag.BLENDED) for s in sources]
        return sorted(sources, key=lambda source: -source.peak)

    def _source(
        self,
        island: Island,
        cut: IslandPixels,
        mask: np.ndarray,
        components: Components,
        poor: bool,
    ) -> MeasuredSource:
        y, x = np.nonzero(mask)
        rows, columns = slice(y[0], y[-1] + 1), slice(x.min(), x.max() + 1)
        window = Window(
            cut.window.y0 + rows.start,
            cut.window.y0 + rows.stop,
            cut.window.x0 + columns.start,
            cut.window.x0 + columns.stop,
        )
        data = np.nan_to_num(cut.snr[y, x])
        position = np.stack([x + cut.window.x0, y + cut.window.y0]).astype(float)
        top = int(np.argmax(data))
        mask_sum = float(data.sum())
        e_mask_sum = float(np.sqrt(data.size * min(data.size, self.noise.area)))
        background, rms = self._level(cut, mask, position[:, top])
        flags = self._flags(cut, mask, window, island)
        if poor:
            flags |= Flag.FIT_FAIL
            light = _from_pixels(data, position, mask_sum, e_mask_sum, self.noise.area, top)
        else:
            light = _from_components(components)
        return MeasuredSource(
            window=window,
            mask=mask[rows, columns],
            components=_scaled(components, cut.rms),
            centroid=light.centroid,
            centroid_covariance=light.centroid_covariance,
            peak_pixel=(int(position[0, top]), int(position[1, top])),
            peak=light.peak * cut.rms,
            e_peak=light.e_peak * cut.rms,
            total=light.total * cut.rms,
            e_total=light.e_total * cut.rms,
            mask_total=mask_sum * cut.rms,
            e_mask_total=e_mask_sum * cut.rms,
            shape=light.shape,
            rms=rms,
            background=background,
            flags=int(flags),
            by_pixels=poor,
        )

    def _level(self, cut: IslandPixels, mask: np.ndarray, peak: np.ndarray) -> tuple[float, float]:
        """Return background and noise at a source's peak, which may not be its island's."""
        if mask is cut.mask:
            return cut.background, cut.rms
        x, y = peak
        (level,), (rms,) = self.background.at(np.array([y]), np.array([x]))
        return float(level), float(rms)

    def _flags(self, cut: IslandPixels, mask: np.ndarray, window: Window, island: Island) -> int:
        flags = Flag(0)
        ny, nx = self.image.shape
        if window.y0 == 0 or window.x0 == 0 or window.y1 == ny or window.x1 == nx:
            flags |= Flag.EDGE
        blank = ~np.isfinite(cut.snr)
        if blank.any() and (ndimage.binary_dilation(mask) & blank).any():
            flags |= Flag.NEAR_NAN
        if island.seam:
            flags |= Flag.TILE_SEAM
        if self.image.beam is None:
            flags |= Flag.NO_BEAM
        if self.background.failed_at(*_centre(window)):
            flags |= Flag.BKG_FAIL
        return int(flags)


@dataclass(frozen=True, eq=False)
class _Light:
    """Position, flux and shape of a source in units of the noise."""

    centroid: np.ndarray
    centroid_covariance: np.ndarray
    peak: float
    e_peak: float
    total: float
    e_total: float
    shape: np.ndarray


def component_sums(components: Components) -> tuple[np.ndarray, np.ndarray]:
    """Return the integral over pixels of each component and its error."""
    amplitude, _, _, a, b, c = components.values.T
    determinant = a * c - b * b
    total = amplitude * 2 * np.pi / np.sqrt(determinant)
    gradient = np.zeros((len(components), SIZE))
    gradient[:, A] = total / amplitude
    free = components.free
    gradient[free, PA] = (-total * c / (2 * determinant))[free]
    gradient[free, PB] = (total * b / determinant)[free]
    gradient[free, PC] = (-total * a / (2 * determinant))[free]
    variance = np.einsum("ni,nij,nj->n", gradient, components.covariance, gradient)
    return total, np.sqrt(np.maximum(variance, 0.0))


def _from_components(components: Components) -> _Light:
    """Combine components: their sum, their common centroid and second moments."""
    total, e_total = component_sums(components)
    weight = total / total.sum()
    centres = components.values[:, [X0, Y0]]
    centroid = weight @ centres
    position = components.covariance[:, X0 : Y0 + 1, X0 : Y0 + 1]
    apart = centres - centroid
    peak, e_peak = _summed_peak(components, centroid)
    a, b, c = components.values[:, PA : PC + 1].T
    own = np.stack([c, -b, -b, a], axis=-1).reshape(-1, 2, 2)
    own /= (a * c - b * b)[:, None, None]
    return _Light(
        centroid,
        np.einsum("n,nij->ij", weight**2, position),
        peak,
        e_peak,
        float(total.sum()),
        float(np.sqrt((e_total**2).sum())),
        np.einsum("n,nij->ij", weight, own + apart[:, :, None] * apart[:, None, :]),
    )


def _summed_peak(components: Components, centroid: np.ndarray) -> tuple[float, float]:
    """Return the highest value of the summed components and its error.

    It is looked for at their centres and at their common centroid; the error is that of the
    amplitudes, each weighed by its part in the value.
    """
    values = components.values
    if len(values) == 1:
        return float(values[0, A]), float(np.sqrt(components.covariance[0, A, A]))
    places = np.vstack([values[:, [X0, Y0]], centroid])
    parts = np.stack([gaussians.evaluate(row[None], *places.T) for row in values])
    top = int(np.argmax(parts.sum(axis=0)))
    share = parts[:, top] / values[:, A]
    variance = (share**2 * components.covariance[:, A, A]).sum()
    return float(parts[:, top].sum()), float(np.sqrt(variance))


def _from_pixels(
    data: np.ndarray,
    position: np.ndarray,
    total: float,
    e_total: float,
    cells: float,
    top: int,
) -> _Light:
    """Measure a source by the sums and moments of its own pixels."""
    weight = np.maximum(data, 0.0)
    light = weight.sum()
    if light <= 0:
        weight, light = np.ones_like(data), float(data.size)
    centroid = position @ weight / light
    apart = position - centroid[:, None]
    share = np.full((2, 2), 1.0 / 12.0) * np.eye(2)
    return _Light(
        centroid,
        cells * (apart @ apart.T) / light**2 + share / light**2,
        float(data[top]),
        1.0,
        total,
        e_total,
        (apart * weight) @ apart.T / light + share,
    )


def _share_out(
    cut: IslandPixels, components: Components, number: np.ndarray
) -> list[tuple[list[int], np.ndarray]]:
    """Give each pixel of the island to the group of components that is brightest there.

    A group that is brightest nowhere is joined to the one that is at its own centre.
    """
    groups = np.unique(number)
    if len(groups) < 2:
        return [([0], cut.mask)]
    y, x = np.nonzero(cut.mask)
    light = np.stack(
        [
            gaussians.evaluate(
                components.values[number == group], x + cut.window.x0, y + cut.window.y0
            )
            for group in groups
        ]
    )
    owner = np.argmax(light, axis=0)
    seen = np.unique(owner)
    members = {i: [int(groups[i])] for i in seen}
    for i in set(range(len(groups))) - set(seen.tolist()):
        own = components.values[number == groups[i]]
        centre = own[np.argmax(own[:, A]), [X0, Y0]]
        nearest = np.argmin(np.hypot(x + cut.window.x0 - centre[0], y + cut.window.y0 - centre[1]))
        members[owner[nearest]].append(int(groups[i]))
    parts = []
    for i, joined in members.items():
        mask = np.zeros(cut.mask.shape, bool)
        mask[y[owner == i], x[owner == i]] = True
        parts.append((joined, mask))
    return parts


def _is_poor(cut: IslandPixels, components: Components) -> bool:
    """Say whether Gaussians describe the island so badly that its pixels must."""
    if not len(components):
        return True
    y, x = np.nonzero(cut.mask)
    data = cut.snr[y, x]
    residual = data - gaussians.evaluate(components.values, x + cut.window.x0, y + cut.window.y0)
    misfit = np.abs(residual).sum()
    return bool(
        misfit > POOR_FRACTION * np.abs(data).sum() and np.sqrt(np.mean(residual**2)) > POOR_SIGMA
    )


def _scaled(components: Components, rms: float) -> Components:
    """Return components in the image's unit."""
    values, covariance = components.values.copy(), components.covariance.copy()
    values[:, A] *= rms
    covariance[:, A, :] *= rms
    covariance[:, :, A] *= rms
    return replace(components, values=values, covariance=covariance)


def _outlined(source: MeasuredSource, ring: np.ndarray) -> MeasuredSource:
    return replace(
        source,
        outline=ring + np.array([source.window.x0, source.window.y0]),
        extent=largest_extent(ring),
    )


def _centre(window: Window) -> tuple[int, int]:
    return ((window.y0 + window.y1) // 2, (window.x0 + window.x1) // 2)
