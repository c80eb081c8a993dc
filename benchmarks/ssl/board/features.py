"""Features of the sets of the board; kept on disk, so that nothing is embedded twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA

from sciarada.core.cutout_source import CutoutSource
from sciarada.nn.embedding import embed
from sciarada.nn.probes.encoders import ProbedEncoder

MOST = 200  # axes


def features_of(contender: ProbedEncoder, source: CutoutSource, work: Path) -> np.ndarray:
    """Return the features of a set, float64 ``(n, d)``."""
    card = contender.card
    facts = [card.sha256, card.encoder, dict(card.options), card.npix, card.crop]
    key = json.dumps([contender.is_random, *facts, source.data_hash()], sort_keys=True, default=str)
    path = work / "board" / f"{hashlib.sha256(key.encode()).hexdigest()}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npy")
        np.save(part, embed(source, contender.trained).vectors)
        part.replace(path)
    return np.load(path).astype(float)


def standardised(features: np.ndarray) -> np.ndarray:
    """Return columns of mean 0 and standard deviation 1; constant columns become 0."""
    spread = features.std(axis=0)
    return (features - features.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)


def principal_axes(features: np.ndarray) -> np.ndarray:
    """Return the places along the first principal axes, which hold 90 % of the variance."""
    columns = standardised(features)
    if columns.shape[1] == 1:
        return columns
    most = min(MOST, *columns.shape)
    pca = PCA(most, svd_solver="randomized", random_state=0).fit(columns)
    share = np.cumsum(pca.explained_variance_) / columns.var(axis=0).sum()
    return pca.transform(columns)[:, : max(2, int(np.searchsorted(share, 0.9)) + 1)]
