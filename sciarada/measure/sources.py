"""From islands to measured sources: results from pixels and components, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window
from sciarada.measure import gaussians
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.bridging import bridges
from sciarada.measure.correlation import NoiseCorrelation
from sciarada.measure.fitting import FitSettings, Fitter
from sciarada.measure.gaussians import A, Components
from sciarada.measure.grouping import group_components
from sciarada.measure.island_stamps import IslandPixels, IslandTask, cut_islands
from sciarada.measure.islands import Island
from sciarada.measure.local_beams import beam_areas, island_beams, peak_beams
from sciarada.measure.local_noise import island_noises
from sciarada.measure.outlines import outlines
from sciarada.measure.sharing import share_out
from sciarada.measure.source_moments import from_components, from_pixels

POOR_FRACTION, POOR_SIGMA = 0.25, 2.0
GAUSSIAN_TO = 0.005  # of its variances: a beam that is a Gaussian on the sky, seen in pixels


@dataclass(frozen=True)
class MeasureSettings:
    """Settings of the measurement of islands.

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
        Sums over pixels in image unit times pixels: divide by the beam area for Jy. Where
        the beam in pixels changes over the source, those over the mask count each pixel by
        its share of the beam, in units of that at the brightest pixel.
    shape : ndarray, shape (2, 2)
        Covariance (x, y) of the light in pixels^2.
    rms, background : float
    flags : int
    by_pixels : bool
        Whether flux, position and shape come from the pixels, no Gaussian describing them.
    beam_area : float
        Pixels per beam at the brightest pixel, by which ``mask_total`` and, with
        ``by_pixels``, ``total`` are to be divided; NaN without a beam.
    n_beams : float
        Solid angle of the mask in beams.
    outline : ndarray, shape (n, 2)
        Polygon (x, y) around the mask.
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
    beam_area: float
    n_beams: float
    outline: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))


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
        beams = island_beams(self.image, [task.island for task in tasks])
        widths = FWHM_PER_SIGMA * np.linalg.det(beams) ** -0.25
        cuts = cut_islands(self.image, self.background, tasks, widths.tolist())
        beams, areas = peak_beams(self.image, cuts, beams), beam_areas(self.image, cuts)
        noises = island_noises(self.image, self.noise, [task.island for task in tasks])
        fitted = self._fitted(tasks, cuts, beams, noises)
        found = [
            self._sources(task.island, cut, area, noise, fitted.get(i))
            for i, (task, cut, area, noise) in enumerate(
                zip(tasks, cuts, areas, noises, strict=True)
            )
        ]
        masks = [
            _spanned(source, cut, width)
            for sources, cut, width in zip(found, cuts, widths, strict=True)
            for source in sources
        ]
        rings = iter(outlines(masks))
        return [[_outlined(source, next(rings)) for source in sources] for sources in found]

    def _fitted(
        self,
        tasks: Sequence[IslandTask],
        cuts: Sequence[IslandPixels],
        beams: np.ndarray,
        noises: Sequence[NoiseCorrelation],
    ) -> dict[int, Components]:
        """Return the components of the islands that are fitted; those of one noise together."""
        groups: dict[int, list[int]] = {}
        for i, (task, cut, noise) in enumerate(zip(tasks, cuts, noises, strict=True)):
            if task.island.scale == 1 and self.settings.fit.fits(cut, beams[i]):
                groups.setdefault(id(noise), []).append(i)
        fitted: dict[int, Components] = {}
        for members in groups.values():
            fitter = Fitter(
                noises[members[0]],
                self.settings.fit,
                hold=self.image.beam is not None,
                tolerance=0.0 if self.image.beam_rule.in_plane else GAUSSIAN_TO,
            )
            found = fitter([cuts[i] for i in members], [beams[i] for i in members])
            fitted |= dict(zip(members, found, strict=True))
        return fitted

    def _sources(
        self,
        island: Island,
        cut: IslandPixels,
        beam_area: np.ndarray,
        noise: NoiseCorrelation,
        fitted: Components | None,
    ) -> list[MeasuredSource]:
        """Share an island out among its sources; one without valid pixels has none."""
        if not cut.mask.any():
            return []
        components = Components.none() if fitted is None else fitted
        poor = _is_poor(cut, components)
        number = group_components(
            components,
            components.free,
            cut.snr,
            (cut.window.y0, cut.window.x0),
            self.settings.grow_sigma,
            poor=poor,
        )
        parts = share_out(cut, components, number)
        sources = [
            self._source(
                island,
                cut,
                mask,
                beam_area[mask[cut.mask]],
                noise.area,
                components.select(np.isin(number, groups)),
                poor,
            )
            for groups, mask in parts
        ]
        common = Flag.BLENDED if len(sources) > 1 else Flag(0)
        if poor:
            common |= Flag.DIFFUSE if fitted is None else Flag.FIT_FAIL
        sources = [replace(s, flags=int(s.flags | common)) for s in sources]
        return sorted(sources, key=lambda source: -source.peak)

    def _source(
        self,
        island: Island,
        cut: IslandPixels,
        mask: np.ndarray,
        beam_area: np.ndarray,
        noise_area: float,
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
        # what a beam holds changes over the source where the beam is constant on the sky
        weight = np.where(beam_area == beam_area[top], 1.0, beam_area[top] / beam_area)
        mask_sum = float((weight * data).sum())
        e_mask_sum = float(np.sqrt((weight**2).sum() * min(data.size, noise_area)))
        background, rms = self._level(cut, mask, position[:, top])
        flags = self._flags(cut, mask, window, island)
        if poor:
            light = from_pixels(data, position, mask_sum, e_mask_sum, noise_area, top)
        else:
            light = from_components(components)
        peak = light.peak * cut.rms
        if np.float32(peak / rms) < self.settings.fit.peak_sigma:  # as in the column snr
            flags |= Flag.BELOW_THRESHOLD
        return MeasuredSource(
            window=window,
            mask=mask[rows, columns],
            components=_scaled(components, cut.rms),
            centroid=light.centroid,
            centroid_covariance=light.centroid_covariance,
            peak_pixel=(int(position[0, top]), int(position[1, top])),
            peak=peak,
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
            beam_area=float(beam_area[top]),
            n_beams=float((1.0 / beam_area).sum()),
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


def _is_poor(cut: IslandPixels, components: Components) -> bool:
    """Return whether Gaussians describe the island so badly that its pixels must."""
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


def _spanned(source: MeasuredSource, cut: IslandPixels, beam_width: float) -> np.ndarray:
    """Return the mask of a source with its narrow gaps of blank pixels filled."""
    blank = np.isnan(cut.snr[source.window.slices_in(cut.window)])
    return source.mask | bridges(source.mask, blank, 0.5 * beam_width)


def _outlined(source: MeasuredSource, ring: np.ndarray) -> MeasuredSource:
    return replace(
        source,
        outline=ring + np.array([source.window.x0, source.window.y0]),
    )


def _centre(window: Window) -> tuple[int, int]:
    return ((window.y0 + window.y1) // 2, (window.x0 + window.x1) // 2)
