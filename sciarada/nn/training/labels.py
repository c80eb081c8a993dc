"""Labels of cutouts: looked at by all trainings that have some, learned from by few."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from sciarada.core.cutout_source import CutoutSource
from sciarada.errors import OptionError
from sciarada.hooks.protocols import UNLABELLED
from sciarada.tabular.cells import labels
from sciarada.tabular.joining import require_column


def is_labelled(encoder: nn.Module) -> bool:
    """Return whether an encoder learns from labels."""
    return getattr(encoder, "labelled", False)


def training_labels(
    labels: np.ndarray | None, encoder: nn.Module
) -> tuple[tuple[str, ...], Tensor]:
    """Return the names of the labels, and for each cutout which one it has.

    Parameters
    ----------
    labels : ndarray of str, shape (n,), or None
        Empty where there is none.
    encoder : torch.nn.Module
        A `~sciarada.hooks.Pretrainer` that learns from labels.

    Returns
    -------
    names : tuple of str
    codes : Tensor of int64, shape (n,)
        `~sciarada.hooks.protocols.UNLABELLED` where there is none.

    Raises
    ------
    OptionError
        If there are no labels, or too many.
    """
    if labels is None:
        raise OptionError("this encoder learns from labels: name a column of the set with --labels")
    names = np.unique(labels[labels != ""])
    most = getattr(encoder, "classes", None) or len(names)
    if len(names) > most:
        raise OptionError(
            f"the set has {len(names)} different labels: give the encoder -O classes={len(names)}"
        )
    codes = np.where(labels == "", UNLABELLED, np.searchsorted(names, labels))
    return tuple(names.tolist()), torch.from_numpy(codes.astype(np.int64))


def column_of_labels(source: CutoutSource, column: str | None) -> np.ndarray | None:
    """Return the labels of a set as text, empty where there is none."""
    if column is None:
        return None
    table = source.to_table(headers=False)
    require_column(table.colnames, "the set", column, "--labels")
    found = labels(table[column])
    if (found != "").sum() < 2:
        raise OptionError(f"the column {column!r} of the set holds no labels: name another one")
    return found
