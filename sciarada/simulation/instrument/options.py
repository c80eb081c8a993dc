"""The effects of an instrument, as the few numbers that a survey's file gives."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sciarada.simulation.instrument.arrays import ARRAYS

GRIDS = ("hexagonal", "square")
_WORDS = ("pointing_grid", "array")
_SHARES = ("sidelobes", "gain_error", "bowl")


@dataclass(frozen=True)
class Instrument:
    """The instrumental effects of a simulated image; each is off by default.

    Angles are in arcsec, and "rms" is the survey's.

    Parameters
    ----------
    primary_beam : float
        FWHM of the primary beam of one antenna (arcsec). Towards its edge the noise of an image
        that is corrected for it rises. 0: none.
    pointing_spacing : float
        Distance between neighbouring pointings of a mosaic (arcsec); 0: a single pointing at
        the image's centre.
    pointing_grid : str
        ``hexagonal`` or ``square``.
    mosaic_radius : float
        Pointings further than this from the image's centre do not exist (arcsec); 0: the
        mosaic goes on for ever.
    cut : float
        Pixels have no value where the response of the mosaic is below this share of its best.
    tile : float
        Side of the square tiles that a survey is put together from (arcsec); 0: none.
    tile_rms : float
        Scatter of the natural logarithm of the rms among tiles.
    tile_offset : float
        Scatter of the zero point among tiles, in units of the rms.
    tile_angle : float
        Angle of the seams to the rows of pixels (degrees, counter-clockwise).
    background : float
        Standard deviation of the large-scale background, in units of the rms.
    background_size : float
        Largest scale of the background (arcsec).
    background_slope : float
        ``n`` of its power spectrum ``P(k) ~ k^-n``.
    plane : float
        Brightness of the ridge of the Galactic plane, in units of the rms.
    plane_width : float
        FWHM of that ridge in Galactic latitude (arcsec).
    border : float
        Mean width of the ragged border without values (arcsec).
    array : str
        Whose sidelobes bright sources have: ``vla``, ``atca``, ``askap``, ``meerkat`` or
        ``lofar``; empty: none.
    sidelobes : float
        Share of the dirty beam's sidelobes that deconvolution has left.
    gain_error : float
        Error of the antennas' gains that calibration has left, as a share of the gain (rms). It
        differs from source to source.
    bowl : float
        Share of the extended emission's missing short spacings that shows as negative bowls.
    largest_scale : float
        Largest scale that the array sees (arcsec), which is how broad the bowls are.
    """

    primary_beam: float = 0.0
    pointing_spacing: float = 0.0
    pointing_grid: str = "hexagonal"
    mosaic_radius: float = 0.0
    cut: float = 0.1
    tile: float = 0.0
    tile_rms: float = 0.0
    tile_offset: float = 0.0
    tile_angle: float = 0.0
    background: float = 0.0
    background_size: float = 600.0
    background_slope: float = 3.0
    plane: float = 0.0
    plane_width: float = 3600.0
    border: float = 0.0
    array: str = ""
    sidelobes: float = 0.0
    gain_error: float = 0.0
    bowl: float = 0.0
    largest_scale: float = 300.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _WORDS:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"instrument.{field.name} must be a number, not {value!r}")
            if field.name != "tile_angle" and not 0 <= value < float("inf"):
                raise ValueError(f"instrument.{field.name} must not be negative, but is {value}")
        if self.pointing_grid not in GRIDS:
            raise ValueError(
                f"instrument.pointing_grid is {' or '.join(GRIDS)}, not {self.pointing_grid!r}"
            )
        if not 0 < self.cut < 1:
            raise ValueError(f"instrument.cut must lie between 0 and 1, but is {self.cut}")
        if self.array and self.array not in ARRAYS:
            raise ValueError(f"instrument.array is one of {', '.join(ARRAYS)}, not {self.array!r}")
        if (self.sidelobes or self.gain_error) and not self.array:
            raise ValueError("instrument.sidelobes and instrument.gain_error need an array")
        for name in _SHARES:
            if getattr(self, name) > 1:
                raise ValueError(f"instrument.{name} is a share of 1, not {getattr(self, name)}")
        if self.pointing_spacing and not self.primary_beam:
            raise ValueError("instrument.pointing_spacing needs an instrument.primary_beam")
        for name in ("background_size", "plane_width", "largest_scale"):
            if not getattr(self, name):
                raise ValueError(f"instrument.{name} must be positive, but is 0")
