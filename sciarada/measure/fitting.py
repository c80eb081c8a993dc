"""From the pixels of islands to their Gaussian components, within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.measure import gaussians
from sciarada.measure.correlation import NoiseCorrelation
from sciarada.measure.gaussians import (
    PA,
    PB,
    PC,
    X0,
    Y0,
    A,
    Components,
    Stamp,
    shifted,
)
from sciarada.measure.initial_guesses import beam_width, from_peaks, one_shape, two_points
from sciarada.measure.island_stamps import IslandPixels
from sciarada.measure.peaks import find_peaks

RESOLVED_CHI2 = 11.3  # three shape parameters: one point source in a hundred exceeds it
TURNS = 4
TURN_REACH = 1.2
FAINTEST = 0.6
SEPARATION = 0.6
MIN_BETTER = 4.0
WORTH = 0.5


@dataclass(frozen=True)
class FitSettings:
    """Settings of the fit of components.

    Parameters
    ----------
    peak_sigma : float
        A component must be this bright, in units of the local noise.
    prominence : float
        Rise of a peak above the valley to the next, in units of the local noise.
    joint : int
        Up to this many components are fitted together; more are fitted each by itself, in
        turns, with the others taken out.
    max_components : int
        The highest number of components of an island.
    max_steps : int
        Budget: steps of one fit.
    max_beams : float
        Islands of more beam areas are measured by their pixels alone.
    """

    peak_sigma: float = 5.0
    prominence: float = 1.0
    joint: int = 4
    max_components: int = 40
    max_steps: int = 40
    max_beams: float = 400.0

    def fits(self, island: IslandPixels, beam: np.ndarray) -> bool:
        """Return whether Gaussians are fitted to an island, which may be too large for them.

        Parameters
        ----------
        island : IslandPixels
        beam : ndarray, shape (2, 2)
            Precision matrix of the beam in pixels^-2.
        """
        beams = island.mask.sum() * np.sqrt(np.linalg.det(beam)) / (2 * np.pi)
        return bool(0 < beams <= self.max_beams)


@dataclass(frozen=True, eq=False)
class Fitter:
    """Fits the islands of one image.

    Parameters
    ----------
    noise : NoiseCorrelation
    settings : FitSettings
    hold : bool
        Whether components that the beam explains are held to its shape; not where no beam
        is known and the one given is a guess.
    tolerance : float
        The beam explains shapes whose variances depart from its own by less than this part.
    """

    noise: NoiseCorrelation
    settings: FitSettings
    hold: bool = True
    tolerance: float = 0.0

    def __call__(
        self, islands: Sequence[IslandPixels], beams: Sequence[np.ndarray]
    ) -> list[Components]:
        """Fit Gaussian components to islands.

        Starting from an island's peaks (or from its moments, where it has one), components
        are fitted with free shapes, more are added where the residual still holds a peak,
        and those whose shape the beam explains are fitted again with the beam's.

        Parameters
        ----------
        islands : sequence of IslandPixels
        beams : sequence of ndarray, shape (2, 2)
            Precision matrix of the beam at each, in pixels^-2, order (x, y).

        Returns
        -------
        list of Components
            In image pixels and units of the island's rms; none for an island that could
            not be fitted.
        """
        found = [Components.none()] * len(islands)
        few: list[int] = []
        many: list[int] = []
        starts: dict[int, Components] = {}
        for i, (island, beam) in enumerate(zip(islands, beams, strict=True)):
            if not self.settings.fits(island, beam):
                continue
            peaks = self._peaks(island, beam)
            starts[i] = from_peaks(island, peaks, beam)
            (few if len(peaks) <= self.settings.joint else many).append(i)
        for i, components in zip(
            few,
            self._together(
                [islands[i] for i in few], [starts[i] for i in few], [beams[i] for i in few]
            ),
            strict=True,
        ):
            found[i] = components
        for i in many:
            found[i] = self._in_turns(islands[i], starts[i], beams[i])
        self._refine(found, few, islands, beams)
        return [
            _moved(_debiased(self._sensible(components, island, beam)), island)
            for components, island, beam in zip(found, islands, beams, strict=True)
        ]

    def _refine(
        self,
        found: list[Components],
        which: Sequence[int],
        islands: Sequence[IslandPixels],
        beams: Sequence[np.ndarray],
    ) -> None:
        """Fit the components of some islands once more, to their own pixels only.

        How many components there are is decided with the sky around an island. Where they are is
        better told without it, because its noise is correlated with that of the island.
        """
        again = [i for i in which if found[i].converged and len(found[i])]
        alone = [replace(islands[i], region=islands[i].mask) for i in again]
        fitted = self._fit(alone, [found[i] for i in again])
        for i, island, refined in zip(again, alone, fitted, strict=True):
            if refined.converged and self._plausible(refined, island, beams[i]).all():
                found[i] = refined

    def _peaks(self, island: IslandPixels, beam: np.ndarray) -> np.ndarray:
        peaks = find_peaks(
            island.snr,
            island.mask,
            prominence=self.settings.prominence,
            separation=SEPARATION * beam_width(beam),
        )
        return peaks[: self.settings.max_components]

    def _fit(
        self, islands: Sequence[IslandPixels], starts: Sequence[Components]
    ) -> list[Components]:
        stamps = [
            Stamp(island.snr, island.region, start)
            for island, start in zip(islands, starts, strict=True)
        ]
        return gaussians.fit(stamps, self.noise, max_steps=self.settings.max_steps)

    def _together(
        self,
        islands: list[IslandPixels],
        starts: list[Components],
        beams: list[np.ndarray],
    ) -> list[Components]:
        """Fit few components jointly, adding one while the residual peaks above the threshold."""
        found = self._simplest(islands, starts, beams)
        growing = [i for i, components in enumerate(found) if components.converged]
        while growing:
            wider = {}
            for i in growing:
                if len(found[i]) < self.settings.joint:
                    extra = self._missing(islands[i], found[i], beams[i])
                    if extra is not None:
                        wider[i] = Components.started(np.concatenate([found[i].values, extra]))
            tried = self._fit([islands[i] for i in wider], list(wider.values()))
            growing = []
            for i, more in zip(wider, tried, strict=True):
                if self._is_worth_it(found[i], more, islands[i], beams[i]):
                    found[i] = more
                    growing.append(i)
        failed = [i for i, components in enumerate(found) if not components.converged]
        for i in failed:
            found[i] = starts[i]
        return self._parted(islands, self._settled(islands, found, beams), beams)

    def _parted(
        self,
        islands: Sequence[IslandPixels],
        found: list[Components],
        beams: Sequence[np.ndarray],
    ) -> list[Components]:
        """Take two points for one long ellipse where they fit better.

        Both have six parameters, so the smaller sum of squared residuals decides.
        """
        if not self.hold:
            return found
        pairs = {}
        for i, (components, beam) in enumerate(zip(found, beams, strict=True)):
            if len(components) == 1 and components.converged and components.free[0]:
                ends = two_points(components.values[0], beam)
                if ends is not None:
                    pairs[i] = _as_points(Components.started(ends), beam, np.ones(2, bool))
        fitted = self._fit([islands[i] for i in pairs], list(pairs.values()))
        for i, pair in zip(pairs, fitted, strict=True):
            if (
                pair.converged
                and self._plausible(pair, islands[i], beams[i]).all()
                and _misfit(islands[i], pair) < _misfit(islands[i], found[i]) - MIN_BETTER
            ):
                found[i] = pair
        return found

    def _simplest(
        self,
        islands: list[IslandPixels],
        starts: list[Components],
        beams: list[np.ndarray],
    ) -> list[Components]:
        """Fit a component a peak, and one alone where more are not worth it."""
        found = self._fit(islands, starts)
        several = [i for i, start in enumerate(starts) if len(start) > 1]
        alone = self._fit(
            [islands[i] for i in several],
            [
                Components.started(one_shape(islands[i], starts[i].values[:1], beams[i]))
                for i in several
            ],
        )
        for i, one in zip(several, alone, strict=True):
            if one.converged and not self._is_worth_it(one, found[i], islands[i], beams[i]):
                found[i] = one
        return found

    def _is_worth_it(
        self, fewer: Components, more: Components, island: IslandPixels, beam: np.ndarray
    ) -> bool:
        """Return whether added components take away the light that real ones would.

        A point source at the threshold, left out, adds its squared peak times half a beam
        area to the sum of squared residuals.
        """
        if not more.converged or not self._plausible(more, island, beam).all():
            return False
        half_beam = np.pi / np.sqrt(np.linalg.det(beam))
        needed = WORTH * (len(more) - len(fewer)) * self.settings.peak_sigma**2 * half_beam
        return _misfit(island, fewer) - _misfit(island, more) > needed

    def _missing(
        self, island: IslandPixels, found: Components, beam: np.ndarray
    ) -> np.ndarray | None:
        """Return the start of a component for the highest peak of the residual, if it is high."""
        y, x = np.nonzero(island.mask)
        residual = island.snr[y, x] - gaussians.evaluate(found.values, x, y)
        top = int(np.argmax(residual))
        if not residual[top] >= self.settings.peak_sigma:
            return None
        return np.array([[residual[top], x[top], y[top], beam[0, 0], beam[0, 1], beam[1, 1]]])

    def _settled(
        self,
        islands: Sequence[IslandPixels],
        found: list[Components],
        beams: Sequence[np.ndarray],
    ) -> list[Components]:
        """Fit unresolved or not converged components again with the shape of the beam."""
        if not self.hold:
            return found
        held = {}
        for i, points in enumerate(_explained(found, beams, self.tolerance)):
            if not found[i].converged:
                points = np.ones(len(found[i]), bool)
            if points.any():
                held[i] = _as_points(found[i], beams[i], points)
        for i, settled in zip(
            held, self._fit([islands[i] for i in held], list(held.values())), strict=True
        ):
            if settled.converged:
                found[i] = settled
        return found

    def _in_turns(self, island: IslandPixels, start: Components, beam: np.ndarray) -> Components:
        """Fit many components each near its own peak, the others taken out, in a few turns."""
        y, x = np.mgrid[: island.snr.shape[0], : island.snr.shape[1]]
        singles = [_as_points(start.select([i]), beam, np.ones(1, bool)) for i in range(len(start))]
        reach = TURN_REACH * FWHM_PER_SIGMA * float(np.linalg.eigvalsh(beam)[0]) ** -0.5
        for _ in range(TURNS):
            residual = island.snr - gaussians.evaluate(
                np.concatenate([single.values for single in singles]), x, y
            )
            patches, starts = [], []
            for single in singles:
                row, column = single.values[0, Y0], single.values[0, X0]
                y0, y1 = _span(row, reach, y.shape[0])
                x0, x1 = _span(column, reach, x.shape[1])
                box = (slice(y0, y1), slice(x0, x1))
                own = residual[box] + gaussians.evaluate(single.values, x[box], y[box])
                near = np.hypot(x[box] - column, y[box] - row) < reach
                patches.append(
                    replace(
                        island, snr=own, region=island.region[box] & near, mask=near, inside=near
                    )
                )
                starts.append((shifted(single, -x0, -y0), (x0, y0)))
            fitted = self._settled(
                patches,
                self._fit(patches, [Components.started(s.values) for s, _ in starts]),
                [beam] * len(patches),
            )
            singles = [
                shifted(new, *origin) if new.converged else old
                for new, (_, origin), old in zip(fitted, starts, singles, strict=True)
            ]
        singles = [single for single in singles if single.converged]
        if not singles:
            return Components.none()
        return Components(
            np.concatenate([single.values for single in singles]),
            np.concatenate([single.free for single in singles]),
            np.concatenate([single.covariance for single in singles]),
            True,
        )

    def _sensible(self, found: Components, island: IslandPixels, beam: np.ndarray) -> Components:
        """Drop components that are too faint, too large or outside the island."""
        if not found.converged:
            return Components.none()
        keep = self._plausible(found, island, beam)
        return found.select(keep) if keep.any() else Components.none()

    def _plausible(self, found: Components, island: IslandPixels, beam: np.ndarray) -> np.ndarray:
        amplitude, x0, y0, a, b, c = found.values.T
        determinant = a * c - b * b
        ny, nx = island.mask.shape
        row, column = np.rint(y0), np.rint(x0)
        inside = (row >= 0) & (row < ny) & (column >= 0) & (column < nx)
        row, column = (np.where(inside, v, 0).astype(int) for v in (row, column))
        inside &= island.inside[row, column]
        with np.errstate(divide="ignore", invalid="ignore"):
            size = FWHM_PER_SIGMA * np.sqrt(np.maximum(a, c) / determinant)
        least = self.settings.peak_sigma * (FAINTEST if len(found) == 1 else 1.0)
        return (
            (amplitude > least)
            & (determinant > 0)
            & (a > 0)
            & inside
            & (size < 2 * np.hypot(ny, nx))
        )


def resolution_chi2(components: Components, beams: np.ndarray) -> np.ndarray:
    """Return how significantly shapes differ from their beams (chi^2, 3 degrees of freedom).

    Parameters
    ----------
    components : Components
    beams : ndarray, shape (n, 2, 2) or (2, 2)
        Precision matrices of the beam.
    """
    beams = np.broadcast_to(beams, (len(components), 2, 2))
    difference = components.values[:, PA:] - beams[:, [0, 0, 1], [0, 1, 1]]
    weight = np.linalg.pinv(components.covariance[:, PA:, PA:], hermitian=True)
    return np.einsum("ni,nij,nj->n", difference, weight, difference)


def departure(components: Components, beams: np.ndarray) -> np.ndarray:
    """Return the largest part by which the variances of shapes (n) depart from their beams'.

    Parameters
    ----------
    components : Components
    beams : ndarray, shape (n, 2, 2)
        Precision matrices of the beam.
    """
    shapes = components.values[:, [PA, PB, PB, PC]].reshape(-1, 2, 2)
    lower = np.linalg.inv(np.linalg.cholesky(beams))
    ratios = np.linalg.eigvalsh(lower @ shapes @ np.swapaxes(lower, 1, 2))
    return np.abs(ratios - 1.0).max(axis=1)


def _explained(
    found: Sequence[Components], beams: Sequence[np.ndarray], tolerance: float
) -> list[np.ndarray]:
    """Return for each component of each island whether the beam explains its shape."""
    if not found:
        return []
    counts = [len(components) for components in found]
    joined = Components(
        np.concatenate([components.values for components in found]),
        np.concatenate([components.free for components in found]),
        np.concatenate([components.covariance for components in found]),
        True,
    )
    beam = np.repeat(np.array(beams), counts, axis=0)
    a, b, c = joined.values[:, PA:].T
    determinant = a * c - b * b
    smaller = (determinant <= 0) | (determinant > np.linalg.det(beam))
    alike = resolution_chi2(joined, beam) < RESOLVED_CHI2
    if tolerance:
        alike |= departure(joined, beam) < tolerance
    points = joined.free & (smaller | alike)
    return np.split(points, np.cumsum(counts)[:-1])


def _misfit(island: IslandPixels, components: Components) -> float:
    y, x = np.nonzero(island.region)
    return float(((island.snr[y, x] - gaussians.evaluate(components.values, x, y)) ** 2).sum())


def _as_points(components: Components, beam: np.ndarray, points: np.ndarray) -> Components:
    values = components.values.copy()
    values[points, PA:] = beam[0, 0], beam[0, 1], beam[1, 1]
    return replace(components, values=values, free=components.free & ~points)


def _span(middle: float, reach: float, stop: int) -> tuple[int, int]:
    first = int(np.clip(np.floor(middle - reach), 0, stop - 1))
    return first, int(np.clip(np.ceil(middle + reach) + 1, first + 1, stop))


def _debiased(components: Components) -> Components:
    """Correct amplitudes for the bias of the search for the best position.

    The highest of many noisy values is too high: with two position parameters the squared
    signal to noise is too large by 2 (Vanderlinde et al. 2010, ApJ 722, 1180).
    """
    values = components.values.copy()
    variance = components.covariance[:, A, A]
    square = np.maximum(values[:, A] ** 2 - 2 * variance, 0.25 * values[:, A] ** 2)
    values[:, A] = np.sqrt(square)
    return replace(components, values=values)


def _moved(components: Components, island: IslandPixels) -> Components:
    return shifted(components, island.window.x0, island.window.y0)
