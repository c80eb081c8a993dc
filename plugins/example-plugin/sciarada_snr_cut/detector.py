"""The detector, imported only when a user chooses it."""

from __future__ import annotations

from scipy import ndimage

from sciarada.core.detections import Detection, TileView
from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada_snr_cut import SnrCutOptions

HALO = 32  # pixels


class SnrCutDetector:
    """Finds connected pixels with a signal to noise above one level."""

    def __init__(self, options: SnrCutOptions) -> None:
        self.options = options

    def halo(self, image: SkyImage) -> int:
        """Return the context that a tile needs on each side, in pixels."""
        return HALO

    def detect(self, view: TileView) -> list[Detection]:
        """Return the objects of one tile, in image pixels."""
        above = view.snr > self.options.level  # false where a pixel is missing
        labels, _ = ndimage.label(above)
        found = []
        for label, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
            mask = labels[rows, columns] == label
            if mask.sum() >= self.options.min_pixels:
                found.append(Detection(_in_image(view, rows, columns), mask))
        return found


def _in_image(view: TileView, rows: slice, columns: slice) -> Window:
    """Return slices of the tile's arrays as a window of the image."""
    corner = view.tile.window
    return Window(
        corner.y0 + rows.start,
        corner.y0 + rows.stop,
        corner.x0 + columns.start,
        corner.x0 + columns.stop,
    )
