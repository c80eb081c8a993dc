"""Choose the HDU to read, and report the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from astropy.io import fits

from sciarada.errors import ImageError
from sciarada.io.hdus.layout import FileLayout, HduLayout
from sciarada.io.hdus.purpose import purpose
from sciarada.io.hdus.selector import HduSelector
from sciarada.io.header_axes import array_axes, celestial_axes

MAX_LISTED = 12  # HDUs in a message
HELP = "choose another one with --hdu"


@dataclass(frozen=True)
class Candidate:
    """An HDU that holds an array of two axes or more.

    Parameters
    ----------
    hdu : HduLayout
        Its layout in the file.
    header : `~astropy.io.fits.Header`
        Its header with what it inherits.
    notes : list of str
        What was wanted and could not be inherited.
    """

    hdu: HduLayout
    header: fits.Header
    notes: list[str] = field(default_factory=list)

    @property
    def is_sky(self) -> bool:
        """Whether two of the axes are celestial."""
        return celestial_axes(array_axes(self.header)) is not None


def choose(
    path: Path,
    layout: FileLayout,
    selector: HduSelector | None,
    read: Callable[[HduLayout], Candidate],
) -> tuple[Candidate, list[str]]:
    """Return the requested image of the sky, or the first that is not a weight map or similar.

    Parameters
    ----------
    path : `~pathlib.Path`
        Name of the file, for messages.
    layout : FileLayout
        Its HDUs.
    selector : HduSelector or None
        The requested HDU.
    read : callable
        Returns the candidate of an HDU that may hold an image.

    Returns
    -------
    candidate : Candidate
        The image.
    notes : list of str
        Which other images the file has, and which were passed over.

    Raises
    ------
    ImageError
        If there is no such HDU, it is not an image of the sky, or the file has none.
    """
    if selector is not None:
        return _asked_for(path, layout, selector, read)
    candidates = [read(hdu) for hdu in layout.hdus if hdu.has_pixels]
    images = [candidate for candidate in candidates if candidate.is_sky]
    if not images:
        raise ImageError(_no_image(path, layout, bool(candidates)))
    purposes = [purpose(image.header) for image in images]
    place = purposes.index("") if "" in purposes else 0
    return images[place], [*images[place].notes, *_notes(images, purposes, place, layout)]


def _asked_for(
    path: Path,
    layout: FileLayout,
    selector: HduSelector,
    read: Callable[[HduLayout], Candidate],
) -> tuple[Candidate, list[str]]:
    """Return the first image of the sky among the HDUs that are meant, and notes."""
    meant = [hdu for hdu in layout.hdus if selector.matches(hdu)]
    candidates = [read(hdu) for hdu in meant if hdu.has_pixels]
    images = [candidate for candidate in candidates if candidate.is_sky]
    if images:
        others = [image.hdu for image in images[1:]]
        named = f"HDU {images[0].hdu.label} is read; {selector} is also HDU {_listed(others)}."
        return images[0], [*images[0].notes, *([named] if others else [])]
    if not meant:
        number = selector.number
        if layout.fault and (number is None or number >= len(layout.hdus)):
            raise ImageError(f"{path} is damaged: {layout.fault}; fetch or write it again")
        reason = f"has no HDU {selector}"
    elif candidates:
        reason = f"has no celestial WCS in HDU {meant[0].label}"
    else:
        reason = f"has no image in HDU {meant[0].label}"
    others = [c.hdu for hdu in layout.hdus if hdu.has_pixels and (c := read(hdu)).is_sky]
    told = f"choose one of {_listed(others)} with --hdu" if others else "it has no image of the sky"
    raise ImageError(f"{path} {reason}: {told}")


def _no_image(path: Path, layout: FileLayout, is_without_wcs: bool) -> str:
    if layout.fault:
        return f"{path} is damaged: {layout.fault}; fetch or write it again"
    if is_without_wcs:
        return (
            f"{path} has no celestial WCS: the CTYPEs of its axes name no longitude "
            f"and latitude, such as RA---SIN and DEC--SIN"
        )
    return f"{path} holds no image, only tables or empty headers: give a FITS image"


def _notes(
    images: Sequence[Candidate], purposes: Sequence[str], place: int, layout: FileLayout
) -> list[str]:
    """Return notes on the images that were not chosen, and on the chosen one."""
    notes = []
    label = images[place].hdu.label
    if purposes[place]:
        notes.append(f"HDU {label} looks like {purposes[place]}; no other image is in the file.")
    passed = [
        f"HDU {image.hdu.label}, {what}"
        for image, what in zip(images[:place], purposes, strict=False)
    ]
    if passed:
        notes.append(f"HDU {label} is read, and not {_joined(passed, '; ')}; {HELP}.")
    others = [
        image.hdu
        for image, what in zip(images, purposes, strict=True)
        if image is not images[place] and not what
    ]
    if others and not purposes[place]:
        plural = "images" if len(others) > 1 else "image"
        notes.append(f"HDU {label} is read; further {plural}: HDU {_listed(others)}; {HELP}.")
    if layout.fault:
        notes.append(f"The file is damaged after the image: {layout.fault}.")
    if layout.trailing:
        notes.append(f"The last {layout.trailing} bytes of the file are no HDU and are ignored.")
    return notes


def _listed(hdus: Sequence[HduLayout]) -> str:
    return _joined([hdu.label for hdu in hdus])


def _joined(words: Sequence[str], mark: str = ", ") -> str:
    more = len(words) - MAX_LISTED
    return mark.join(words[:MAX_LISTED]) + (f" and {more} more" if more > 0 else "")
