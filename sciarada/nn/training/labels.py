"""Labels of cutouts: checked in all trainings with labels, used for learning in few."""

from __future__ import annotations

import logging

import numpy as np
import torch
from torch import Tensor, nn

from sciarada.core.cutout_source import CutoutSource
from sciarada.errors import OptionError
from sciarada.hooks.protocols import UNLABELLED
from sciarada.nn.probes.labelled_set import check_no_table, labels_beside
from sciarada.tabular.cells import labels

logger = logging.getLogger(__name__)


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
        raise OptionError(
            "this encoder learns from labels: name a column of the set with --labels, or a table"
        )
    names = np.unique(labels[labels != ""])
    most = getattr(encoder, "classes", None) or len(names)
    if len(names) > most:
        raise OptionError(
            f"the set has {len(names)} different labels: give the encoder -O classes={len(names)}"
        )
    codes = np.where(labels == "", UNLABELLED, np.searchsorted(names, labels))
    return tuple(names.tolist()), torch.from_numpy(codes.astype(np.int64))


def labels_of_set(
    source: CutoutSource, place: str | None, column: str | None = None, key: str | None = None
) -> np.ndarray | None:
    """Return the labels of a set as text, empty where there is none.

    Parameters
    ----------
    source : CutoutSource
    place : str or None
        A column of the set, or the file of a table with one row per file or cutout_id.
    column, key : str or None
        Of a table: the column of labels, and the column that joins it to the set.

    Raises
    ------
    OptionError
        If there is no such column or file, or it has fewer than two labels.
    CatalogueError
        If the table cannot be read, has no rows or a cutout twice.
    """
    if place is None:
        return None
    table = source.to_table(headers=False)
    if place in table.colnames:
        check_no_table(place, column, key)
        found, where = labels(table[place]), f"the column {place!r} of the set"
    else:
        beside, name, rows, notes = labels_beside(table, place, column, key)
        for note in notes:
            logger.warning(note)
        found = np.where(rows >= 0, labels(beside[name])[rows], "")
        where = f"the column {name!r} of {place}"
    if (found != "").sum() < 2:
        raise OptionError(f"{where} holds no labels: name another one")
    return found
