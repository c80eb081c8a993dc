"""Squares centred on sources and zoomed to their size.

As in the pre-training sets of Riggi et al. (2024, PASA 41, e085) that show extended sources of
a catalogue, each filling its cutout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from astropy import units as u

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.source_classes import source_classes
from sciarada.cutouts.cutout_set import NAMED_AFTER, CutoutSet, labels_in
from sciarada.errors import CutoutError


@dataclass(frozen=True)
class CentredSampler:
    """Selects cutouts centred on sources.

    Parameters
    ----------
    zoom : float
        Side of the square in units of the source's largest angular size.
    size : `~astropy.units.Quantity` or int or None
        One side for all instead: an angle, or pixels of the image.
    smallest : `~astropy.units.Quantity` or None
        Least side where the source sets it; 32 pixels of the first image by default.
    min_beams : float
        Minimum largest angular size of sources in beams (``beam_maj``).
    min_snr : float
        Only sources with a peak of at least so many times the noise.
    classes : tuple of str
        Only these classes (``class_name``, else ``det_class``); all by default.
    label : str or None
        Column of the catalogues that becomes the cutouts' labels.
    """

    name: ClassVar[str] = "centred"

    zoom: float = 2.0
    size: u.Quantity | int | None = None
    smallest: u.Quantity | None = None
    min_beams: float = 0.0
    min_snr: float = 0.0
    classes: tuple[str, ...] = ()
    label: str | None = None

    def chosen(self, catalogue: SourceCatalogue) -> np.ndarray:
        """Return which sources of a catalogue are wanted; a value that is null is too small.

        Raises
        ------
        CutoutError
            Requested classes or labels are not in the catalogue.
        """
        sources = catalogue.sources
        if self.label is not None:
            labels_in(sources, self.label)
        wanted = np.ones(len(sources), bool)
        if self.min_beams > 0:
            beams = sources["las"] / sources["beam_maj"]
            wanted &= np.ma.filled(beams >= self.min_beams, False)
        if self.min_snr > 0:
            wanted &= np.ma.filled(sources["snr"] >= self.min_snr, False)
        if self.classes:
            classes = source_classes(sources)
            known = set(classes.tolist()) - {""}
            missing = [name for name in self.classes if name not in known]
            if missing:
                raise CutoutError(
                    f"the catalogue has no source of class {missing[0]!r}: "
                    f"it has {', '.join(sorted(known)) or 'no classes'}"
                )
            wanted &= np.isin(classes, self.classes)
        return wanted


def sample_centred(
    catalogues: SourceCatalogue | Sequence[SourceCatalogue],
    images: SkyImage | Sequence[SkyImage],
    sampler: CentredSampler | None = None,
    notes: list[str] | None = None,
) -> CutoutSet:
    """Return cutouts centred on the sources of catalogues and named after them.

    Parameters
    ----------
    catalogues : SourceCatalogue or sequence of SourceCatalogue
        Sources that lie off all images are omitted, and those that have the name of a source of
        an earlier catalogue, as catalogues of images that overlap have.
    images : SkyImage or sequence of SkyImage
        Images to cut from; each source is cut from the image in which it is furthest inside.
    sampler : CentredSampler, optional
        Which sources, and how large their squares are.
    notes : list of str, optional
        Gets a sentence about each kind of sources that were left out.

    Raises
    ------
    CutoutError
        No source is selected or on an image, or a source has no size.
    """
    catalogues = [catalogues] if isinstance(catalogues, SourceCatalogue) else list(catalogues)
    sampler = sampler or CentredSampler()
    taken: set[str] = set()
    sets, off, again = [], 0, 0
    for catalogue in catalogues:
        wanted = np.flatnonzero(sampler.chosen(catalogue))
        names = catalogue.sources["source_name"].data.data[wanted]
        new = np.array([name not in taken for name in names.tolist()], bool)
        made = _cutouts(catalogue, images, sampler, wanted[new])
        inside = made.inside
        sets.append(made[inside])
        off, again = off + int(np.sum(~inside)), again + int(np.sum(~new))
        taken.update(names[new][inside].tolist())
    cutouts = CutoutSet.join(sets)
    if not len(cutouts):
        raise CutoutError(
            "no source of the catalogue(s) is chosen and lies on an image: "
            "ask for less, or give the images that the catalogue was made from"
        )
    if notes is not None:
        notes += _left_out(off, again)
    return cutouts


def _cutouts(
    catalogue: SourceCatalogue,
    images: SkyImage | Sequence[SkyImage],
    sampler: CentredSampler,
    rows: np.ndarray,
) -> CutoutSet:
    """Return the cutouts of some sources, also of those that no image shows."""
    made = CutoutSet.from_catalogue(
        catalogue.select(rows),
        images,
        sampler.size,
        zoom=sampler.zoom,
        smallest=sampler.smallest,
        label=sampler.label,
        ids=catalogue.distinct_names[rows],
        outside="blank",
    )
    return replace(made, meta={NAMED_AFTER: "source_name"})


def _left_out(off: int, again: int) -> list[str]:
    """Return a sentence about each kind of sources that were left out."""
    notes = []
    if off:
        notes.append(f"left out {off} sources that lie off all images")
    if again:
        notes.append(f"left out {again} sources that an earlier catalogue has by the same name")
    return notes
