"""Check that an image is large enough for its beam."""

from __future__ import annotations

from sciarada.core.image import SkyImage
from sciarada.errors import ImageError, OptionError
from sciarada.measure.shapes import beam_pixels


def check_beam_fits(image: SkyImage) -> None:
    """Refuse an image that is narrower than its own beam.

    Raises
    ------
    ImageError
        If it is.
    """
    if image.beam is None or beam_pixels(image) <= max(image.shape):
        return
    height, width = (f"{side * image.pixel_scale:.4g}" for side in image.shape)
    raise ImageError(
        f"{image.path or image.name} is {width} x {height} arcsec and its beam is "
        f"{image.beam.major:.4g} x {image.beam.minor:.4g} arcsec, wider than the image, so no "
        "source stands out: give the beam that it has with --beam MAJ,MIN,PA"
    )


def check_box(image: SkyImage, box: int | None) -> None:
    """Refuse boxes of the background that are narrower than the beam.

    Raises
    ------
    OptionError
        If they are.
    """
    if box is not None and image.beam is not None and box < beam_pixels(image):
        raise OptionError(
            f"--box {box} is narrower than the beam, {beam_pixels(image):.0f} pixels, so sources "
            f"would count as background: give {5 * beam_pixels(image):.0f} or more, or leave it out"
        )
