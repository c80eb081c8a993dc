"""Probes of features: from arrays of features to class probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sciarada.errors import OptionError
from sciarada.evaluation.classification import class_codes, class_names
from sciarada.nn.probes.linear import linear_probe
from sciarada.nn.probes.neighbours import knn_probe
from sciarada.nn.probes.prediction import Prediction
from sciarada.nn.probes.scaling import standardised
from sciarada.nn.probes.settings import Kind

KINDS = ("linear", "knn")


def probe_features(
    features: np.ndarray,
    labels: np.ndarray,
    train_rows: np.ndarray,
    test_rows: np.ndarray,
    kind: Kind = "linear",
    *,
    classes: Sequence[str] | None = None,
    scale_rows: np.ndarray | None = None,
    balanced: bool = False,
    seed: int = 0,
) -> Prediction:
    """Train a classifier on the features of some cutouts, and predict the classes of others.

    Parameters
    ----------
    features : ndarray, shape (n, d)
        Features of all cutouts; those of the held-out test rows are used only for the prediction.
    labels : ndarray of str, shape (n,)
        Class of each cutout; only those of the training rows are read.
    train_rows, test_rows : ndarray of int64
        Rows for training and for testing.
    kind : {'linear', 'knn'}
        See `linear_probe` and `knn_probe`.
    classes : sequence of str, optional
        All classes in the wanted order; by default those of the training rows, sorted.
    scale_rows : ndarray of int64, optional
        Rows with which features are standardised, such as all but the test rows, labelled or
        not; ``train_rows`` by default.
    balanced : bool
        Give every class the same weight.
    seed : int
        Seed of the folds that choose the regularisation.

    Returns
    -------
    Prediction
        Predictions of the test rows.

    Raises
    ------
    OptionError
        If there are fewer than two classes, or the kind is unknown.
    """
    if kind not in KINDS:
        raise OptionError(f"there is no probe of kind {kind!r}: give --kind {' or '.join(KINDS)}")
    known = np.asarray(labels)[train_rows]
    learned = class_names(known)
    if len(learned) < 2:
        raise OptionError(
            f"a probe needs labels of two classes or more, and finds {len(learned)} in the "
            "training rows: look at the column given with --labels"
        )
    names = learned if classes is None else tuple(classes)
    scaled = standardised(features, train_rows if scale_rows is None else scale_rows)
    codes = class_codes(known, learned)
    train, test = scaled[train_rows], scaled[test_rows]
    if kind == "linear":
        found, chosen = linear_probe(train, codes, test, balanced=balanced, seed=seed)
    else:
        found, chosen = knn_probe(train, codes, test, balanced=balanced)
    probabilities = np.zeros((len(test), len(names)))
    probabilities[:, class_codes(np.array(learned), names)] = found
    return Prediction(np.asarray(test_rows), names, probabilities, chosen)
