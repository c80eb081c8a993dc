"""The sky image: pixels, celestial WCS, unit, beam, frequency and identity."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import BaseCoordinateFrame, SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import ArrayLike

from sciarada.core.display import html_summary, picture, plot_image, reduced
from sciarada.core.fingerprint import files_in
from sciarada.core.off_sky import without_off_sky
from sciarada.core.pixels import ArrayPixels, PixelSource, WindowPixels
from sciarada.core.read_with import ReadWith
from sciarada.core.stamp import Stamp
from sciarada.errors import ImageError, OptionError
from sciarada.geometry.beam import Beam, as_beam
from sciarada.geometry.beam_map import BeamMap, BeamRule
from sciarada.geometry.local_sky import determinant
from sciarada.geometry.quantities import icrs_degrees, in_unit, whole_pixels
from sciarada.geometry.sky_geometry import SkyGeometry
from sciarada.geometry.wcs_header import wcs_header
from sciarada.geometry.wcs_state import WcsState, portable
from sciarada.geometry.windows import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

JY_PER_BEAM = u.Jy / u.beam
HASH_BLOCK = 1 << 20  # bytes read at a time


@dataclass(frozen=True, eq=False, repr=False)
class SkyImage:
    """A two-dimensional image of the sky that reads its pixels on demand.

    Pixel positions are zero-based ``(x, y)`` with pixel centres at whole numbers; arrays are
    ``[y, x]``. Sky positions are ICRS degrees, for any frame of the image.

    Parameters
    ----------
    name : str
        Short name, such as the stem of the file's name.
    pixels : PixelSource
        Where the pixels come from.
    wcs : `~astropy.wcs.WCS`
        Two-dimensional celestial WCS.
    unit : `~astropy.units.UnitBase` or None
        Unit of the pixels as delivered by ``read``.
    beam : Beam or None
        Restoring beam, or what `sciarada.geometry.beam.as_beam` makes one of; constant in the
        image plane or on the sky as `sciarada.geometry.beam_map` states. Its position angle counts
        from ICRS north, at the reference point of the projection where it is constant in the plane,
        else at `reference`.
    frequency : float, `~astropy.units.Quantity` or None
        In Hz, or with a unit.
    path : `~pathlib.Path` or None
        The file the image was read from.
    notes : tuple of str
        What the reader had to guess, mend or ignore, one sentence each.
    provenance : mapping of str to str
        Where each fact was found: keys such as ``beam``, ``unit``, ``frequency``, ``axes``.
    read_with : ReadWith
        How ``path`` gives the same image again.
    stamp : Stamp or None
        State of the file when it was opened, by which a later change is known.

    See Also
    --------
    sciarada.read_image : Reads one from a file.
    sciarada.simulate : Makes one with known sources.
    sciarada.CutoutSet : Cutouts of images.

    Examples
    --------
    >>> import sciarada as sc
    >>> image = sc.simulate(size=128, workers=1).image
    >>> image.shape, image.unit, image.beam.major
    ((128, 128), Unit("Jy / beam"), 15.0)
    >>> ra, dec = image.pixel_to_sky(64.0, 64.0)
    >>> image.cutout((64.0, 64.0), 32).shape
    (32, 32)
    """

    name: str
    pixels: PixelSource
    wcs: WCS
    unit: u.UnitBase | None = None
    beam: Beam | None = None
    frequency: float | None = None
    path: Path | None = None
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    read_with: ReadWith = field(default_factory=ReadWith)
    stamp: Stamp | None = None

    def __repr__(self) -> str:
        ny, nx = self.shape
        size = f"{nx} x {ny} px of {self.pixel_scale:.4g} arcsec"
        return f"<SkyImage {self.name!r}: {size}, {self.unit or 'no unit'}>"

    def __post_init__(self) -> None:
        if self.wcs.naxis != 2 or not self.wcs.has_celestial:
            raise ValueError("a sky image needs a two-dimensional celestial WCS")
        object.__setattr__(self, "frequency", in_unit(self.frequency, u.Hz, "frequency"))
        if self.beam is not None:
            object.__setattr__(self, "beam", as_beam(self.beam))

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields only: cached values may change while another thread pickles."""
        state = {each.name: getattr(self, each.name) for each in fields(self)}
        return state | {"wcs": self._wcs_state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, wcs=state["wcs"].restored())

    def _wcs_state(self) -> WcsState:
        try:
            return WcsState.of(self.wcs)
        except ValueError as error:
            raise ImageError(f"{self.name}: {error}; use one worker") from error

    @classmethod
    def from_array(
        cls,
        data: np.ndarray,
        wcs: WCS,
        *,
        beam: Beam | u.Quantity | tuple | None = None,
        unit: str | u.UnitBase | None = "Jy/beam",
        frequency: float | u.Quantity | None = None,
        name: str = "array",
    ) -> SkyImage:
        """Return an image of an array in memory, ``[y, x]``, NaN where missing.

        Multiples of Jy/beam are turned into Jy/beam; any other unit is kept. Values where the
        WCS shows no sky count as missing. Beam and frequency are given as those of `SkyImage`.
        """
        unit = None if unit is None else u.Unit(unit)
        if unit is not None and unit.is_equivalent(JY_PER_BEAM):
            factor = unit.to(JY_PER_BEAM)
            data, unit = data if factor == 1 else np.multiply(data, factor), JY_PER_BEAM
        image = cls(
            name=name,
            pixels=ArrayPixels(np.asarray(data)),
            wcs=portable(wcs),
            unit=unit,
            beam=None if beam is None else as_beam(beam),
            frequency=frequency,
        )
        return image.without_off_sky()

    # Pixels

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.pixels.shape

    @property
    def window(self) -> Window:
        """The window that covers the whole image."""
        return Window.whole(self.shape)

    @property
    def centre(self) -> tuple[float, float]:
        """Zero-based (x, y) of the middle of the image."""
        return ((self.shape[1] - 1) / 2.0, (self.shape[0] - 1) / 2.0)

    def read(self, window: Window | None = None) -> np.ndarray:
        """Return a fresh float32 array of a window (default: all), NaN where missing.

        Raises
        ------
        ValueError
            If the window reaches beyond the image.
        """
        window = self.window if window is None else window
        if not window.within(self.window):
            raise ValueError(f"{window} reaches beyond the image of shape {self.shape}")
        return self.pixels.read(window)

    # Sky

    @cached_property
    def geometry(self) -> SkyGeometry:
        """The way between pixels and sky."""
        return SkyGeometry(self.wcs, self.shape)

    @property
    def frame(self) -> BaseCoordinateFrame:
        """Celestial frame of the image's own WCS."""
        return self.geometry.frame

    @property
    def reference(self) -> tuple[float, float]:
        """Zero-based (x, y) of the position that is representative of the image.

        The middle of the image, or the sky nearest to it where the middle is off the sky.
        """
        return self.geometry.reference

    def without_off_sky(self) -> SkyImage:
        """Return the image with the pixels that show no sky missing."""
        pixels = without_off_sky(self.pixels, self.geometry)
        return self if pixels is self.pixels else replace(self, pixels=pixels)

    def window_wcs(self, window: Window) -> WCS:
        """Return the WCS of a window as a new object."""
        return self.wcs.slice(window.slices)

    def pixel_to_sky(self, x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return ICRS (ra, dec) in degrees, NaN off the sky, of zero-based positions.

        Right ascensions lie in [0, 360).
        """
        return self.geometry.to_sky(x, y)

    def sky_to_pixel(
        self, ra: ArrayLike | SkyCoord, dec: ArrayLike | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return zero-based (x, y), NaN where unseen, of positions on the sky.

        Parameters
        ----------
        ra, dec : array_like or `~astropy.units.Quantity`
            ICRS positions in degrees, or angles with a unit; or ``ra`` alone, a
            `~astropy.coordinates.SkyCoord` of any frame.

        Raises
        ------
        OptionError
            If they are not angles, or one is missing.
        """
        return self.geometry.to_pixel(*icrs_degrees(ra, dec))

    def sky_jacobian(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return how the sky moves with the pixel, from the local WCS.

        Parameters
        ----------
        x, y : array_like
            Zero-based positions of any common shape.

        Returns
        -------
        ndarray of float64, shape (..., 2, 2)
            ``[[dE/dx, dE/dy], [dN/dx, dN/dy]]`` in arcsec per pixel, east and north being
            those of ICRS on the sphere.
        """
        return self.geometry.jacobian(x, y)

    @property
    def pixel_area(self) -> float:
        """Solid angle in arcsec^2 of the pixel at `reference`."""
        return self.geometry.pixel_area

    @property
    def pixel_scale(self) -> float:
        """Side in arcsec of a square of the area of the pixel at `reference`."""
        return math.sqrt(self.pixel_area)

    @property
    def area(self) -> float:
        """Solid angle of the image in arcsec^2, about; pixels off the sky do not count."""
        return self.geometry.area

    def north_angle(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the angle of ICRS north in pixel coordinates.

        Radians counter-clockwise from +x towards +y, in (-pi, pi]; pi / 2 where north is up.
        """
        jacobian = self.sky_jacobian(x, y)
        sign = np.sign(determinant(jacobian))
        # North is the pixel direction d with J d = (0, 1): the second column of J^-1.
        return np.arctan2(sign * jacobian[..., 0, 0], -sign * jacobian[..., 0, 1])

    def handedness(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return +1 where east is counter-clockwise from north in pixels, else -1.

        +1 is the usual view of the sky, with north up and east to the left; an image
        mirrored in x or y has -1.
        """
        return -np.sign(determinant(self.sky_jacobian(x, y)))

    # Parts and pictures

    def cutout(
        self, position: SkyCoord | tuple[float, float], size: u.Quantity | int | tuple
    ) -> SkyImage:
        """Return the part of the image around a position, as a separate image.

        Parameters
        ----------
        position : `~astropy.coordinates.SkyCoord` or tuple of float
            Centre on the sky in any frame, or zero-based (x, y).
        size : `~astropy.units.Quantity` or int, or a pair (height, width)
            Side as an angle, or in pixels.

        Returns
        -------
        SkyImage
            Whole pixels, without resampling; cut off at the edges of this image.

        Raises
        ------
        ImageError
            If no pixel of the image is there.
        OptionError
            If the position is not one position, or the size neither an angle nor whole pixels.

        See Also
        --------
        sciarada.cutouts.cutout_set.CutoutSet : Many cutouts, of many images, resampled.

        Examples
        --------
        >>> import numpy as np
        >>> from astropy import units as u
        >>> from astropy.wcs import WCS
        >>> wcs = WCS(naxis=2)
        >>> wcs.wcs.ctype, wcs.wcs.cdelt = ["RA---SIN", "DEC--SIN"], [-0.001, 0.001]
        >>> image = SkyImage.from_array(np.zeros((100, 100)), wcs)
        >>> image.cutout((50, 20), 36 * u.arcsec).shape
        (10, 10)
        """
        window = self._window_around(*self._place(position), size)
        part = replace(
            self,
            pixels=WindowPixels(self.pixels, window),
            wcs=self.window_wcs(window),
            path=None,
        )
        turn = part.beam_rule.rotation - self.beam_rule.rotation
        return replace(part, beam=self.beam and self.beam.turned(turn))

    def _place(self, position: SkyCoord | tuple[float, float]) -> tuple[float, float]:
        """Return one position in zero-based pixels."""
        on_sky = isinstance(position, SkyCoord)
        try:
            x, y = self.sky_to_pixel(position) if on_sky else position
            return float(x), float(y)
        except (TypeError, ValueError) as error:
            raise OptionError(
                f"position is one SkyCoord, or one (x, y) in pixels, not {position}"
            ) from error

    def _window_around(self, x: float, y: float, size: u.Quantity | int | tuple) -> Window:
        height, width = size if isinstance(size, tuple) else (size, size)
        ny, nx = (whole_pixels(side, self.pixel_scale, "size") for side in (height, width))
        if math.isfinite(x) and math.isfinite(y):
            y0, x0 = round(y - (ny - 1) / 2), round(x - (nx - 1) / 2)
            window = Window(y0, y0 + ny, x0, x0 + nx).overlap(self.window)
            if window is not None:
                return window
        raise ImageError(f"{self.name} has no pixel within {size} of the position given")

    def plot(self, ax: Axes | None = None, **imshow: Any) -> Axes:
        """Draw the image with sky coordinates along its axes.

        Large images are reduced to the brightest pixel of each block.

        Parameters
        ----------
        ax : `~astropy.visualization.wcsaxes.WCSAxes`, optional
            Where to draw; a new figure by default.
        **imshow
            Passed on to `matplotlib.axes.Axes.imshow`, such as ``cmap`` or ``vmax``.

        Returns
        -------
        `~astropy.visualization.wcsaxes.WCSAxes`
            To draw more on: pixel positions are zero-based (x, y) of this image.
        """
        return plot_image(self, ax, **imshow)

    def _repr_html_(self) -> str:
        beam = self.beam
        facts = [
            ("pixels", f"{self.shape[1]} x {self.shape[0]} of {self.pixel_scale:.4g} arcsec"),
            ("unit", self.unit),
            ("beam", beam and f"{beam.major:.4g} x {beam.minor:.4g} arcsec, {beam.pa:.1f} deg"),
            ("frequency", self.frequency and f"{self.frequency / 1e6:.6g} MHz"),
            ("file", self.path),
            *(("note", note) for note in self.notes),
        ]
        return html_summary(self.name, facts, picture(reduced(self, 200)[0]))

    # Beam

    @cached_property
    def beam_rule(self) -> BeamRule:
        """Whether the beam of this image is constant in the image plane or on the sky."""
        return BeamRule(self.geometry)

    @cached_property
    def beam_map(self) -> BeamMap | None:
        """The beam at any place of the image, or None without a beam."""
        return None if self.beam is None else BeamMap(self.beam_rule, self.beam)

    @property
    def beam_area(self) -> float | None:
        """Pixels per beam at `reference`, or None without a beam."""
        return None if self.beam_map is None else float(self.beam_map.area(*self.reference))

    def beam_in_pixels(
        self, x: float | None = None, y: float | None = None
    ) -> tuple[float, float, float] | None:
        """Return the beam on the pixel grid at a place, or None without a beam.

        Parameters
        ----------
        x, y : float, optional
            Zero-based position; `reference` by default, and instead of one off the sky.

        Returns
        -------
        sigma_major, sigma_minor : float
            Standard deviations in pixels.
        theta : float
            Angle of the major axis in radians, counter-clockwise from +x, in [0, pi).
        """
        if self.beam_map is None:
            return None
        place = self.reference if x is None or y is None else (x, y)
        precision = self.beam_map.precision(*place)
        if not np.isfinite(precision).all():
            precision = self.beam_map.precision(*self.reference)
        variances, vectors = np.linalg.eigh(np.linalg.inv(precision))
        theta = math.atan2(vectors[1, 1], vectors[0, 1]) % math.pi
        return math.sqrt(variances[1]), math.sqrt(variances[0]), theta

    # Identity

    def map_header(self, unit: str | None = None) -> fits.Header:
        """Return the header of a two-dimensional map with the pixels of this image.

        Parameters
        ----------
        unit : str, optional
            BUNIT of the map; the image's own by default.
        """
        header = wcs_header(self.wcs)
        if unit is None and self.unit is not None:
            unit = "Jy/beam" if self.unit == JY_PER_BEAM else self.unit.to_string("fits")
        if unit is not None:
            header["BUNIT"] = unit
        if self.beam is not None:
            header["BMAJ"] = (self.beam.major / 3600.0, "[deg] beam FWHM, major axis")
            header["BMIN"] = (self.beam.minor / 3600.0, "[deg] beam FWHM, minor axis")
            header["BPA"] = (
                (self.beam.pa - self.frame_rotation()) % 180.0,
                "[deg] beam position angle",
            )
        if self.frequency is not None:
            header["RESTFRQ"] = (self.frequency, "[Hz] frequency of the image")
            header["FREQ"] = (self.frequency, "[Hz] frequency of the image")
        return header

    def frame_rotation(self) -> float:
        """Return the position angle (deg) of the north that the header's BPA counts from.

        Adding it to an angle measured from the frame's north gives one from ICRS north. It
        is 0 for ICRS and FK5 J2000, whose axes differ by less than 0.1 arcsec.
        """
        return self.beam_rule.rotation

    def sha256(self) -> str:
        """Return the SHA-256 of the file, or of header and pixels of an image in memory.

        Of an image that is a folder, that of the contents of its files in the order of their names.
        """
        digest = hashlib.sha256()
        if self.path is not None:
            folder = self.path.is_dir()
            for name in files_in(self.path) if folder else [""]:
                with (self.path / name).open("rb") as stream:
                    while block := stream.read(HASH_BLOCK):
                        digest.update(block)
        else:
            digest.update(self.map_header().tostring().encode())
            ny, nx = self.shape
            rows = max(1, HASH_BLOCK // (4 * max(nx, 1)))
            for row in range(0, ny, rows):
                strip = Window(row, min(row + rows, ny), 0, nx)
                digest.update(self.read(strip).tobytes())
        return digest.hexdigest()
