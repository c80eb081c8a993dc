"""What plugins declare: one frozen dataclass for each kind of object.

A spec only declares. It imports nothing heavy; its ``factory`` makes the object that does the
work, and is called only when a user chooses the spec.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard

from sciarada.core.model_card import MODEL_KINDS, ModelKind
from sciarada.core.taxonomy import FR_CLASSES, STRUCTURE_CLASSES
from sciarada.hooks.describing import describe_value
from sciarada.hooks.interface import (
    ENCODER,
    EXTRACTOR,
    INTERFACE_OF_STAGE,
    INTERFACE_OF_TASK,
    check_interface,
)
from sciarada.hooks.isolation import call_chosen
from sciarada.hooks.owner import UNKNOWN, Owner
from sciarada.hooks.references import Reference

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
SUFFIX = re.compile(r"(\.[A-Za-z0-9_-]+)+")
SHA256 = re.compile(r"[0-9a-f]{64}")
#: What a reader reads.
CONTENTS = ("image", "table")
#: Stages of the making of a view, in order.
STAGES = ("partner", "sky", "geometry", "channels")


@dataclass(frozen=True, kw_only=True)
class PluginSpec:
    """Common fields of all specs.

    Parameters
    ----------
    name : str
        Name by which a user chooses it: lower-case letters, digits, ``_``, ``.`` and ``-``.
    summary : str
        One line that describes it.
    factory : callable or str
        Makes the object that does the work: called with an instance of ``options``, or without
        arguments where there are none. ``"package.module:attribute"`` is imported when it is
        needed, which keeps the plugin light without an import inside a function.
    options : type or None
        Dataclass of its options (see `sciarada.hooks.options`).
    requires : tuple of str
        What must be installed besides SCIARADA: importable modules or requirements such as
        ``"torch>=2.9"`` and ``"detectron2 @ git+https://..."``.
    citation : str or None
        What its users should cite.
    formerly : tuple of str
        Earlier names, which are still accepted but not listed.
    owner : Owner
        Set by the plugin manager, not by plugins.

    See Also
    --------
    TaskSpec, DetectorSpec, EncoderSpec, WeightsSpec, HubSpec : Kinds of specs.
    AugmentationSpec : A further kind of spec.
    AugmentationSpec, ReaderSpec, WriterSpec, SimulatorSpec, CommandSpec : Further kinds of specs.

    Examples
    --------
    >>> from sciarada.hooks import CommandSpec
    >>> spec = CommandSpec(name="greet", summary="Greet", factory=lambda: "a click command")
    >>> spec.build()
    'a click command'
    >>> CommandSpec(name="Greet!", summary="Greet", factory=list)
    Traceback (most recent call last):
    ...
    ValueError: the name 'Greet!' of a spec must be made of a-z, 0-9, '_', '.' and '-'
    """

    if TYPE_CHECKING:  # each spec has it of its class, or as a field

        @property
        def kind(self) -> str:
            """Kind of the object that it offers, such as ``detector``."""

    name: str
    summary: str
    factory: Callable[..., Any] | str
    options: type | None = None
    requires: tuple[str, ...] = ()
    citation: str | None = None
    formerly: tuple[str, ...] = ()
    owner: Owner = field(default=UNKNOWN, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise ValueError(
                f"the name {describe_value(self.name)} of a spec must be made of "
                "a-z, 0-9, '_', '.' and '-'"
            )
        if not isinstance(self.summary, str) or not self.summary.isprintable() or not self.summary:
            raise ValueError(f"{self.name}: the summary must be one line of text")
        if not callable(self.factory):
            _check_factory(self.name, self.factory)
        if self.options is not None and not (
            isinstance(self.options, type) and is_dataclass(self.options)
        ):
            raise ValueError(
                f"{self.name}: options must be a dataclass, not {describe_value(self.options)}"
            )
        if not _are_texts(self.requires):
            raise ValueError(f"{self.name}: requires must be a tuple of strings")
        if not _are_texts(self.formerly):
            raise ValueError(f"{self.name}: formerly must be a tuple of strings")

    def build(self, options: Any = None) -> Any:
        """Make the object that does the work.

        Parameters
        ----------
        options : instance of ``self.options``, optional
            The defaults if omitted.

        Returns
        -------
        object
            As the kind of the spec says: a `Detector` for a task of kind ``detector``.

        Raises
        ------
        SciaradaError
            As the factory raises it. Anything else that it raises becomes a `PluginError`, and so
            does an object without the methods that its kind must have.
        """
        built = self.make(options)
        check_interface(built, self.interface, self)
        return built

    def make(self, options: Any = None) -> Any:
        """Make the object as `build` does, without checking its methods."""
        return self.ask(partial(self._made, options), "cannot be started")

    def ask(self, function: Callable[[], Any], failed: str) -> Any:
        """Return the result of a function of the plugin, such as a method of its object.

        Parameters
        ----------
        function : callable
            Takes no arguments.
        failed : str
            How the message continues after the name of the spec if the function raises, such as
            ``cannot be started``.

        Raises
        ------
        SciaradaError
            As the function raises it; anything else that it raises becomes a `PluginError`.
        """
        doing = f"asked for the {self.kind} {self.name}"
        return call_chosen(self.owner, doing, function, f"{self.title} {failed}")

    @property
    def interface(self) -> tuple[str, ...]:
        """What the object that the factory makes must have, as in `sciarada.hooks.interface`."""
        return ()

    @property
    def title(self) -> str:
        """Its name in messages: ``the detector 'islands' of plugin sciarada/islands``."""
        return f"the {self.kind} {self.name!r} of plugin {self.owner}"

    def _made(self, options: Any) -> Any:
        factory = self.factory
        if isinstance(factory, str):
            factory = Reference.parse(factory).load()
        if self.options is None:
            return factory()
        return factory(self.options() if options is None else options)


@dataclass(frozen=True, kw_only=True)
class EncoderSpec(PluginSpec):
    """Declares an encoder, which turns cutouts into feature vectors.

    The factory makes an `Encoder`, or a `Pretrainer`.

    Parameters
    ----------
    needs_weights : bool
        Whether its features depend on trained weights. An encoder without weights is used by its
        name, in place of that of weights, and its factory makes a `FeatureExtractor`.

    See Also
    --------
    Encoder, Pretrainer, FeatureExtractor : What the factory makes.
    WeightsSpec : Declares trained weights of an encoder.

    Examples
    --------
    >>> EncoderSpec(name="mine", summary="My encoder", factory="mine.networks:Mine").kind
    'encoder'
    """

    kind = "encoder"

    needs_weights: bool = True

    @property
    def interface(self) -> tuple[str, ...]:
        """The members of an encoder, or of a feature extractor."""
        return ENCODER if self.needs_weights else EXTRACTOR


@dataclass(frozen=True, kw_only=True)
class AugmentationSpec(PluginSpec):
    """Declares an augmentation, which changes views of cutouts.

    Parameters
    ----------
    stage : str
        When it is applied to a view, one of `STAGES`: ``partner`` (the factory makes a
        `PartnerAugmentation`), ``sky`` (a `SkyAugmentation`), ``geometry`` (a
        `GeometryAugmentation`) or ``channels`` (a `ChannelAugmentation`).

    See Also
    --------
    PartnerAugmentation, SkyAugmentation, GeometryAugmentation, ChannelAugmentation

    Examples
    --------
    >>> AugmentationSpec(
    ...     name="negative", summary="Negatives", factory="mine.views:Negative", stage="channels"
    ... ).interface
    ('apply',)
    """

    kind = "augmentation"

    stage: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.stage not in STAGES:
            raise ValueError(
                f"{self.name}: stage is one of {', '.join(STAGES)}, not {self.stage!r}"
            )

    @property
    def interface(self) -> tuple[str, ...]:
        """The methods of its stage."""
        return INTERFACE_OF_STAGE[self.stage]


@dataclass(frozen=True, kw_only=True)
class TaskSpec(PluginSpec):
    """Declares one step of a pipeline.

    Parameters
    ----------
    kind : str
        Which step: one of `sciarada.hooks.tasks.TASKS`, which also says what the factory makes.

    See Also
    --------
    Detector, Classifier, AnomalyDetector, Clusterer, NeighbourIndex, Selector : What it makes.
    DetectorSpec : Declares a detector with its properties.

    Examples
    --------
    >>> TaskSpec(
    ...     kind="detector", name="mine", summary="My detector", factory="mine.finder:Mine"
    ... ).interface
    ('halo', 'detect')
    """

    kind: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind not in INTERFACE_OF_TASK:
            raise ValueError(
                f"{self.name}: kind is one of {', '.join(INTERFACE_OF_TASK)}, not {self.kind!r}"
            )

    @property
    def interface(self) -> tuple[str, ...]:
        """The methods that the task must have."""
        return INTERFACE_OF_TASK[self.kind]


@dataclass(frozen=True, kw_only=True)
class WeightsSpec(PluginSpec):
    """Declares trained weights; the factory returns the `~pathlib.Path` of a safetensors file.

    Parameters
    ----------
    encoder : str
        Name of the encoder that they belong to, or of the task of `model_kind`.
    sha256 : str
        Hex digest of the file, checked before the weights are used.
    default : bool
        Whether these are the weights called ``default`` of their kind.
    model_kind : str
        What the weights belong to, one of `sciarada.core.model_card.MODEL_KINDS`; the same as
        ``kind`` of their card.

    See Also
    --------
    EncoderSpec : Declares the encoder.

    Examples
    --------
    >>> from pathlib import Path
    >>> WeightsSpec(
    ...     name="mine-32",
    ...     summary="SimCLR, 32 pixels",
    ...     factory=lambda: Path("mine-32.safetensors"),
    ...     encoder="simclr",
    ...     sha256=64 * "0",
    ... ).kind
    'weights'
    """

    kind = "weights"

    encoder: str
    sha256: str
    default: bool = False
    model_kind: ModelKind = "encoder"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.model_kind not in MODEL_KINDS:
            raise ValueError(
                f"{self.name}: model_kind is one of {', '.join(MODEL_KINDS)}, "
                f"not {describe_value(self.model_kind)}"
            )
        if not isinstance(self.sha256, str) or not SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.name}: sha256 must be 64 hexadecimal digits")
        if not isinstance(self.encoder, str):
            raise ValueError(f"{self.name}: encoder must be the name of an encoder")


@dataclass(frozen=True, kw_only=True)
class HubSpec(PluginSpec):
    """Declares a hub, a source of pretrained encoders; the factory returns a `Hub`.

    ``--weights NAME:MODEL`` loads MODEL from the hub NAME; options follow as
    ``:option=value,...``.

    See Also
    --------
    Hub : What the factory makes.

    Examples
    --------
    >>> HubSpec(name="ours", summary="Models of our group", factory="ours.hub:Ours").interface
    ('load',)
    """

    kind = "hub"
    interface = ("load",)


@dataclass(frozen=True, kw_only=True)
class ReaderSpec(PluginSpec):
    """Declares a reader of images or tables of one more format.

    Parameters
    ----------
    suffixes : tuple of str
        Endings of the names of its files, such as ``(".h5",)``. Files with an ending of
        SCIARADA's own formats are never given to it.
    content : str
        One of `CONTENTS`: ``image`` (the factory makes a `Reader`) or ``table`` (a
        `TableReader`).

    See Also
    --------
    Reader, TableReader : What the factory makes.
    WriterSpec : Declares a writer.

    Examples
    --------
    >>> ReaderSpec(
    ...     name="hdf5", summary="Images in HDF5", factory="mine.hdf5:Images", suffixes=(".h5",)
    ... ).content
    'image'
    """

    kind = "reader"
    interface = ("read",)

    suffixes: tuple[str, ...]
    content: str = "image"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_suffixes(self.name, self.suffixes)
        if self.content not in CONTENTS:
            raise ValueError(
                f"{self.name}: content is one of {', '.join(CONTENTS)}, "
                f"not {describe_value(self.content)}"
            )


@dataclass(frozen=True, kw_only=True)
class WriterSpec(PluginSpec):
    """Declares a writer of catalogues in one more format; the factory makes a `Writer`.

    Parameters
    ----------
    suffixes : tuple of str
        Endings of the names of its files, such as ``(".json",)``.

    See Also
    --------
    Writer : What the factory makes.
    ReaderSpec : Declares a reader.

    Examples
    --------
    >>> WriterSpec(
    ...     name="json", summary="Catalogues in JSON", factory="mine.json:Json", suffixes=(".json",)
    ... ).interface
    ('write',)
    """

    kind = "writer"
    interface = ("write",)

    suffixes: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_suffixes(self.name, self.suffixes)


@dataclass(frozen=True, kw_only=True)
class SimulatorSpec(PluginSpec):
    """Declares a morphology of simulated sources; the factory makes a `Morphology`.

    Parameters
    ----------
    fr_class : str or None
        Fanaroff-Riley class of all its sources, one of `sciarada.core.taxonomy.FR_CLASSES`; None
        where there is none.
    structure : str or None
        Structure of all its sources, one of `sciarada.core.taxonomy.STRUCTURE_CLASSES`; None where
        none applies.

    See Also
    --------
    Morphology : What the factory makes.

    Examples
    --------
    >>> SimulatorSpec(
    ...     name="double", summary="Two lobes", factory="mine.shapes:Double", fr_class="FRII"
    ... ).kind
    'morphology'
    """

    kind = "morphology"
    interface = ("draw",)

    fr_class: str | None = None
    structure: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for field_name, classes in (("fr_class", FR_CLASSES), ("structure", STRUCTURE_CLASSES)):
            value = getattr(self, field_name)
            if value is not None and value not in classes:
                raise ValueError(
                    f"{self.name}: {field_name} is None or one of {', '.join(classes)}, "
                    f"not {value!r}"
                )


@dataclass(frozen=True, kw_only=True)
class CommandSpec(PluginSpec):
    """Declares one more ``sciarada`` command; the factory returns a `click.Command`.

    See Also
    --------
    PluginSpec : What all specs declare.

    Examples
    --------
    >>> import click
    >>> spec = CommandSpec(name="hello", summary="Greet", factory=lambda: click.Command("hello"))
    >>> spec.build().name
    'hello'
    """

    kind = "command"


def _are_texts(values: object) -> TypeGuard[Sequence[str]]:
    return isinstance(values, tuple | list) and all(isinstance(value, str) for value in values)


def _check_factory(name: str, factory: object) -> None:
    """Raise ValueError unless a factory that is not callable is ``module:attribute``."""
    try:
        attribute = isinstance(factory, str) and Reference.parse(factory).attribute
    except ValueError:
        attribute = ""
    if not attribute:
        raise ValueError(
            f"{name}: the factory must be a callable or 'module:attribute', "
            f"not {describe_value(factory)}"
        )


def _check_suffixes(name: str, suffixes: object) -> None:
    """Raise ValueError unless the suffixes are a tuple of endings such as ``.h5``."""
    if not suffixes or not _are_texts(suffixes) or not all(map(SUFFIX.fullmatch, suffixes)):
        raise ValueError(
            f"{name}: suffixes must be a tuple of endings such as '.h5', "
            f"not {describe_value(suffixes)}"
        )
