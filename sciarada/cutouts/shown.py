"""Methods of every set of cutouts: display, and use in torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.display import html_summary, picture

if TYPE_CHECKING:
    import torch

    from sciarada.cutouts.torch_dataset import CutoutDataset

SHOWN, SIDE = 24, 64  # cutouts of a contact sheet, and pixels of each


class Shown:
    """A set of cutouts as a contact sheet in a notebook, and as a dataset of torch."""

    def to_torch(
        self: CutoutSource,
        npix: int | None = None,
        transform: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> CutoutDataset:
        """Return the cutouts as a map-style dataset; see `CutoutDataset`."""
        from sciarada.cutouts.torch_dataset import CutoutDataset  # torch takes seconds

        return CutoutDataset(self, npix, transform)

    def _repr_html_(self: CutoutSource) -> str:
        rows = np.arange(min(len(self), SHOWN))
        sheet = "".join(map(picture, self.pixels(rows, SIDE)) if len(rows) else ())
        facts = [("cutouts", len(self)), ("shown", f"the first {len(rows)}")]
        return html_summary(type(self).__name__, facts, sheet)
