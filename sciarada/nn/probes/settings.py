"""Settings of a probe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sciarada.errors import OptionError
from sciarada.nn.probes.folds import Amount

Kind = Literal["linear", "knn"]
"""Kinds of classifiers of features."""
KINDS: tuple[Kind | Literal["finetune"], ...] = ("linear", "knn", "finetune")
OWN = "own"
MIN_NPIX = 16


@dataclass(frozen=True)
class FineTuneSettings:
    """Settings of the fine-tuning of a network, or of its training from scratch.

    Parameters
    ----------
    epochs, steps : int
        Number of passes through the labelled cutouts, and the minimum number of steps, because
        epochs of few labels are short.
    batch : int
        Cutouts per step; all of them if there are fewer.
    learning_rate, weight_decay : float
        Of AdamW; the learning rate rises over the first tenth and falls as half a cosine.
    views : tuple of str
        Augmentations, as `sciarada.nn.views.building.build_views` takes them.
    """

    epochs: int = 30
    steps: int = 200
    batch: int = 64
    learning_rate: float = 5e-4
    weight_decay: float = 0.05
    views: tuple[str, ...] = ("resized_crop", "rotation", "flip", "jitter")


@dataclass(frozen=True)
class ProbeSettings:
    """Settings of a probe.

    Parameters
    ----------
    labels : str
        A column of the set, or a table of labels.
    weights : tuple of str
        The encoders: names or files of weights, ``NAME=WEIGHTS`` to choose the name,
        ``scratch`` for the network of the first with random weights, and ``scratch:WEIGHTS``
        for that of others.
    kinds : tuple of {'linear', 'knn', 'finetune'}
    fractions : tuple of float
        Shares of the labels of the training rows to use.
    per_class : tuple of int
        Numbers of labels per class, likewise.
    seeds : int
        Number of draws of labels and folds; their seeds are 1, 2, ...
    column, key : str or None
        Column of the classes in the table of labels, and the column that joins it with the
        cutouts. See `sciarada.nn.probes.labelled_set.read_labels`.
    where : tuple of str
        ``COLUMN=VALUE``: only cutouts for which all are true are used.
    classes : tuple of str
        Only these classes are used, in this order; all by default.
    split : str or None
        Column with the values ``train``, ``valid`` or ``test``; stratified folds without it.
    test_on : {'test', 'valid'} or None
        Part for testing; by default ``test`` if there is any, else ``valid``.
    folds : int
        Number of folds, without ``split``.
    npix : int, 'own' or None
        Side in pixels of what contenders are shown, ``own`` for what each was trained on; by
        default the latter, if it is the same for all.
    balanced : bool
        Give every class the same weight while learning.
    fine_tuning : FineTuneSettings
    batch : int
        Cutouts that are embedded at once.
    device : str
        Where networks work: ``cpu``, ``cuda``, ``cuda:1``, or ``auto``: a
        GPU if there is one, else the CPU.
    hdu : str or None
        Which HDU of each FITS file of a folder is read.
    allow_leakage : bool
        Test also on what an encoder was trained on, with a warning.
    """

    labels: str
    weights: tuple[str, ...] = ("default",)
    kinds: tuple[Kind | Literal["finetune"], ...] = ("linear",)
    fractions: tuple[float, ...] = (1.0,)
    per_class: tuple[int, ...] = ()
    seeds: int = 3
    column: str | None = None
    key: str | None = None
    where: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    split: str | None = None
    test_on: Literal["test", "valid"] | None = None
    folds: int = 5
    npix: int | Literal["own"] | None = None
    balanced: bool = False
    fine_tuning: FineTuneSettings = field(default_factory=FineTuneSettings)
    batch: int = 256
    device: str = "auto"
    hdu: str | None = None
    allow_leakage: bool = False

    def __post_init__(self) -> None:
        for kind in self.kinds:
            if kind not in KINDS:
                raise OptionError(
                    f"there is no probe of kind {kind!r}: give --kind as one of {', '.join(KINDS)}"
                )
        for option, chosen in (
            ("--weights", self.weights),
            ("--kind", self.kinds),
            ("--fractions or --per-class", self.amounts),
        ):
            if len(set(chosen)) != len(chosen) or not chosen:
                raise OptionError(f"{option} needs one value or more, none of them twice")
        if self.seeds < 1 or self.folds < 2:
            raise OptionError("a probe needs --seeds 1 or more and --folds 2 or more")
        twice = [name for name in self.classes if self.classes.count(name) > 1]
        if twice:
            raise OptionError(f"--classes names {twice[0]} twice")
        if isinstance(self.npix, int) and self.npix < MIN_NPIX:
            raise OptionError(
                f"cutouts of {self.npix} pixels show too little: give --npix {MIN_NPIX} or more"
            )
        if self.test_on and self.split is None:
            raise OptionError(
                f"--test-on {self.test_on} needs --split with the column that says which are for "
                f"{self.test_on}; without it, folds are tested on"
            )

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The numbers of labels, in order."""
        return (
            *(Amount(fraction) for fraction in self.fractions),
            *(Amount(per_class=count) for count in self.per_class),
        )
