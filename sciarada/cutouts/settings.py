"""Settings of the selection of a set of cutouts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sciarada.core.image import SkyImage
from sciarada.cutouts.sampling.centred import CentredSampler
from sciarada.cutouts.sampling.random_positions import RandomSampler
from sciarada.geometry.beam import Beam
from sciarada.io.fits_image import read_image


@dataclass(frozen=True)
class Reading:
    """Options with which the images are read, as in `read_image`."""

    plane: str | None = None
    beam: Beam | None = None
    unit: str | None = None
    hdu: str | None = None

    def read(self, path: Path) -> SkyImage:
        """Read an image."""
        return read_image(path, hdu=self.hdu, plane=self.plane, beam=self.beam, unit=self.unit)


@dataclass(frozen=True)
class CutoutsSettings:
    """Settings of the selection of cutouts.

    Parameters
    ----------
    sampler : RandomSampler, CentredSampler or None
        How positions are chosen on images; None where sets are given instead.
    catalogues : tuple of path
        Catalogues of sciarada, or folders of its runs, for `CentredSampler`.
    exclude : tuple of path
        Sets or tables with positions that no cutout may show.
    radius : float or None
        Arcsec for that; by default half the diagonal of each cutout.
    about : path or None
        Table with ``file`` and what is known of the files of a folder.
    materialise : int or None
        Also write the pixels, so many a side.
    reading : Reading
        How images are read.
    """

    sampler: RandomSampler | CentredSampler | None = None
    catalogues: tuple[Path, ...] = ()
    exclude: tuple[Path, ...] = ()
    radius: float | None = None
    about: Path | None = None
    materialise: int | None = None
    reading: Reading = field(default_factory=Reading)

    def record(self) -> dict[str, Any]:
        """Return the settings in plain types."""
        sampler = self.sampler
        options = {} if sampler is None else asdict(sampler)
        if options.get("size") is not None:
            options["size"] = str(options["size"])
        if "smallest" in options:
            options["smallest"] = None if options["smallest"] is None else str(options["smallest"])
        return {
            "sampler": None if sampler is None else sampler.name,
            **options,
            "catalogues": [str(path) for path in self.catalogues],
            "exclude": [str(path) for path in self.exclude],
            "radius": self.radius,
        }
