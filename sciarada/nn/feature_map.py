"""A map of feature vectors in two dimensions."""

from __future__ import annotations

import importlib.metadata
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn.decomposition import PCA

from sciarada.errors import OptionError
from sciarada.hooks.requirements import install_command, missing_requirements

MapMethod = Literal["pca", "umap", "none"]
METHODS: tuple[MapMethod, ...] = ("pca", "umap", "none")
UMAP_EXTRA = ("sciarada[umap]",)
FITTED = 20_000  # vectors, drawn by the seed, from which the axes of a PCA follow
MIN_FOR_UMAP = 5
NEIGHBOURS = 15

Blocks = Callable[[], Iterable[np.ndarray]]


@dataclass(frozen=True)
class FeatureMap:
    """Method of a map.

    Parameters
    ----------
    method : {'pca', 'umap', 'none'}
        The two principal components; UMAP, which needs ``sciarada[umap]``; or no map.
    seed : int
        Seed of the random numbers.

    Raises
    ------
    OptionError
        If there is no such method, or it is not installed.
    """

    method: MapMethod = "pca"
    seed: int = 1

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise OptionError(
                f"there is no map {self.method!r}: give --map as one of {', '.join(METHODS)}"
            )
        missing = missing_requirements(UMAP_EXTRA) if self.method == "umap" else []
        if missing:
            raise OptionError(
                f"--map umap needs more packages, install them with: {install_command(missing)}"
            )

    def places(self, blocks: Blocks, count: int) -> dict[str, np.ndarray]:
        """Return the columns ``map_x`` and ``map_y``; none without a method.

        Parameters
        ----------
        blocks : callable
            Returns the vectors, in arrays ``(m, d)`` that follow each other; called twice.
        count : int
            Number of all vectors.

        Raises
        ------
        OptionError
            If there are too few vectors for UMAP.
        """
        if self.method == "none":
            return {}
        made = self._umap(blocks, count) if self.method == "umap" else self._pca(blocks, count)
        return {"map_x": made[:, 0], "map_y": made[:, 1]}

    def record(self) -> dict[str, Any]:
        """Return method, seed and version of the library for metadata."""
        if self.method == "none":
            return {}
        library = "umap-learn" if self.method == "umap" else "scikit-learn"
        version = importlib.metadata.version(library)
        how = {"method": self.method, "seed": self.seed, "library": f"{library} {version}"}
        return {"map": how | {"features": "standardised"}}

    def _pca(self, blocks: Blocks, count: int) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        fitted = np.sort(rng.choice(count, min(FITTED, count), replace=False))
        sample = _rows(blocks(), fitted)
        scale = _Scale.of(sample)
        places = np.zeros((count, 2), np.float32)
        if np.isinf(scale.spread).all():
            return places
        axes = PCA(min(2, *sample.shape), random_state=self.seed).fit(scale(sample))
        start = 0
        for block in blocks():
            found = axes.transform(scale(block))
            places[start : start + len(block), : found.shape[1]] = found
            start += len(block)
        return places

    def _umap(self, blocks: Blocks, count: int) -> np.ndarray:
        if count < MIN_FOR_UMAP:
            raise OptionError(f"{count} cutouts are too few for --map umap: give --map pca")
        vectors = np.concatenate(list(blocks()))
        made = _umap().UMAP(
            n_neighbors=min(NEIGHBOURS, count - 1),
            init="spectral" if count > NEIGHBOURS else "random",
            random_state=self.seed,
            n_jobs=1,
        )
        return made.fit_transform(_Scale.of(vectors)(vectors)).astype(np.float32)


def _umap() -> Any:
    """Return the module of UMAP, which takes seconds to import."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # that TensorFlow is absent
        import umap  # of the extra
    return umap


@dataclass(frozen=True)
class _Scale:
    """Standardisation of features; those that are constant become 0."""

    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray) -> _Scale:
        mean, spread = vectors.mean(axis=0, dtype=float), vectors.std(axis=0, dtype=float)
        constant = spread <= 1e-6 * np.abs(mean)
        return cls(mean, np.where(constant, np.inf, spread))

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        return (vectors - self.mean) / self.spread


def _rows(blocks: Iterable[np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Return some rows, in ascending order, of the vectors of all blocks."""
    found, start = [], 0
    for block in blocks:
        mine = rows[(rows >= start) & (rows < start + len(block))]
        found.append(block[mine - start])
        start += len(block)
    return np.concatenate(found)
