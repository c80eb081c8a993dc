"""A feature extractor as a torch module, which computes with numpy."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from sciarada.errors import PluginError
from sciarada.hooks.protocols import FeatureExtractor
from sciarada.hooks.specs import EncoderSpec
from sciarada.nn.modules import BackboneModule, EncoderModule

CHANNELS = 2  # the pixels, and whether each is known


class ExtractorModule(EncoderModule):
    """A feature extractor as an encoder without parameters.

    Parameters
    ----------
    extractor : FeatureExtractor
    spec : EncoderSpec
        Its declaration, named in errors.

    Attributes
    ----------
    columns : tuple of FeatureColumn
        Name and meaning of each feature.
    """

    def __init__(self, extractor: FeatureExtractor, spec: EncoderSpec) -> None:
        super().__init__()
        self.backbone = ExtractorBackbone(extractor, spec)
        self.channels = known_pixels
        self.columns = extractor.columns


class ExtractorBackbone(BackboneModule):
    """The features of a feature extractor; parameters as of `ExtractorModule`.

    Attributes
    ----------
    extractor : FeatureExtractor
    """

    def __init__(self, extractor: FeatureExtractor, spec: EncoderSpec) -> None:
        super().__init__()
        self.extractor = extractor
        self.channels = CHANNELS
        self.dimension = len(extractor.columns)
        self._spec = spec

    def forward(self, images: Tensor) -> Tensor:
        """Return features ``(n, dimension)`` of images ``(n, 2, h, w)`` of `known_pixels`.

        Raises
        ------
        PluginError
            If the extractor fails, or does not return one finite vector per image.
        """
        pixels, known = images[:, 0], images[:, 1] > 0
        cutouts = torch.where(known, pixels, torch.nan).cpu().numpy()
        features = self._spec.ask(lambda: self._features(cutouts), "cannot compute features")
        return torch.from_numpy(features).to(images.device)

    def _features(self, cutouts: np.ndarray) -> np.ndarray:
        features = np.asarray(self.extractor.features(cutouts), np.float32)
        wanted = (len(cutouts), self.dimension)
        if features.shape != wanted:
            raise PluginError(
                f"{self._spec.title} returned an array of shape {features.shape}, not {wanted}"
            )
        return features


def known_pixels(pixels: Tensor) -> Tensor:
    """Return the pixels, 0 where missing, and whether each is known: (n, 2, h, w)."""
    known = torch.isfinite(pixels)
    return torch.stack([torch.where(known, pixels, 0.0), known.to(pixels.dtype)], dim=1)
