"""What plugins declare: one frozen dataclass for each kind of thing that they may offer.

A spec is a declaration and nothing more.  It imports nothing heavy; the object that does
the work is made by its ``factory``, which is called only when somebody chooses the spec.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from functools import partial
from typing import Any, ClassVar

from sciarada.core.taxonomy import FR_CLASSES, STRUCTURE_CLASSES
from sciarada.hooks.describing import describe_value
from sciarada.hooks.interface import ENCODER, INTERFACE_OF_STAGE, INTERFACE_OF_TASK, check_interface
from sciarada.hooks.isolation import call_chosen
from sciarada.hooks.owner import Owner
from sciarada.hooks.references import Reference

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
SUFFIX = re.compile(r"(\.[A-Za-z0-9_-]+)+")
SHA256 = re.compile(r"[0-9a-f]{64}")
#: What a reader reads.
CONTENTS = ("image", "table")
#: Of the making of a view, in order.
STAGES = ("partner", "sky", "geometry", "channels")


@dataclass(frozen=True, kw_only=True)
class PluginSpec:
    """What every spec says, whatever it offers.

    Parameters
    ----------
    name : str
        Name by which a user chooses it: lower-case letters, digits, ``_``, ``.`` and ``-``.
    summary : str
        One line that says what it does.
    factory : callable or str
        Makes the object that works: called with an instance of ``options``, or with nothing
        where there are none.  ``"package.module:attribute"`` is imported when it is needed
        and keeps the plugin light without an import inside a function.
    options : type or None
        Dataclass of its options (see `sciarada.hooks.options`).
    requires : tuple of str
        What must be installed besides SCIARADA: importable modules or requirements such as
        ``"torch>=2.9"`` and ``"detectron2 @ git+https://..."``.
    citation : str or None
        What a user of it should cite.
    formerly : tuple of str
        Earlier names, which are still accepted but not listed.
    owner : Owner or None
        Filled in by the plugin manager; a plugin leaves it alone.
    """

    kind: ClassVar[str]
    interface: ClassVar[tuple[str, ...]] = ()
    """What the object that the factory makes must have, as in `sciarada.hooks.interface`."""

    name: str
    summary: str
    factory: Callable[..., Any] | str
    options: type | None = None
    requires: tuple[str, ...] = ()
    citation: str | None = None
    formerly: tuple[str, ...] = ()
    owner: Owner | None = field(default=None, repr=False, compare=False)

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
        """Make the object that works.

        Parameters
        ----------
        options : instance of ``self.options``, optional
            The defaults if left out.

        Returns
        -------
        object
            What the kind of spec promises: a `Detector` for a task of kind ``detector``.

        Raises
        ------
        SciaradaError
            As the factory raises it; anything else that it raises becomes a `PluginError`, and
            so does an object without the methods that its kind must have.
        """
        built = self.make(options)
        check_interface(built, self.interface, self)
        return built

    def make(self, options: Any = None) -> Any:
        """Make the object that works, as `build` does, but whatever its methods are."""
        return self.ask(partial(self._made, options), "cannot be started")

    def ask(self, function: Callable[[], Any], failed: str) -> Any:
        """Return what a function of the plugin, such as a method of what it made, returns.

        Parameters
        ----------
        function : callable
            Takes nothing.
        failed : str
            What the sentence says of the spec if the function raises: ``cannot be started``.

        Raises
        ------
        SciaradaError
            As the function raises it; anything else that it raises becomes a `PluginError`.
        """
        doing = f"asked for the {self.kind} {self.name}"
        return call_chosen(self.owner or self.name, doing, function, f"{self.title} {failed}")

    @property
    def title(self) -> str:
        """How messages call it: ``the detector 'islands' of plugin sciarada/islands``."""
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
    """Turns cutouts into feature vectors; the factory makes an `Encoder`, or a `Pretrainer`."""

    kind = "encoder"
    interface = ENCODER


@dataclass(frozen=True, kw_only=True)
class AugmentationSpec(PluginSpec):
    """Makes views of cutouts differ.

    Parameters
    ----------
    stage : str
        Where in the making of a view it stands, one of `STAGES`: ``partner`` (the factory makes
        a `PartnerAugmentation`), ``sky`` (a `SkyAugmentation`), ``geometry`` (a
        `GeometryAugmentation`) or ``channels`` (a `ChannelAugmentation`).
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
    """Does one step of a pipeline.

    Parameters
    ----------
    kind : str
        Which step: one of `sciarada.hooks.tasks.TASKS`, which says what the factory makes.
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
    """Trained weights; the factory returns the `~pathlib.Path` of a safetensors file.

    Parameters
    ----------
    encoder : str
        Name of the encoder that they belong to.
    sha256 : str
        Hex digest of the file, checked before the weights are used.
    default : bool
        What a user gets who asks for ``default`` weights.
    """

    kind = "weights"

    encoder: str
    sha256: str
    default: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.sha256, str) or not SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.name}: sha256 must be 64 hexadecimal digits")
        if not isinstance(self.encoder, str):
            raise ValueError(f"{self.name}: encoder must be the name of an encoder")


@dataclass(frozen=True, kw_only=True)
class HubSpec(PluginSpec):
    """A place that others' trained encoders come from; the factory makes a `Hub`.

    ``--weights NAME:MODEL`` asks the hub NAME for MODEL; options follow as ``:option=value,...``.
    """

    kind = "hub"
    interface = ("load",)


@dataclass(frozen=True, kw_only=True)
class ReaderSpec(PluginSpec):
    """Reads images or tables of one more format.

    Parameters
    ----------
    suffixes : tuple of str
        Endings of the file names that it reads, such as ``(".h5",)``. Files that end as one of
        SCIARADA's own formats are never given to it.
    content : str
        One of `CONTENTS`: ``image`` (the factory makes a `Reader`) or ``table`` (it makes a
        `TableReader`).
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
    """Writes catalogues in one more format; the factory makes a `Writer`.

    Parameters
    ----------
    suffixes : tuple of str
        Endings of the file names that it writes, such as ``(".json",)``.
    """

    kind = "writer"
    interface = ("write",)

    suffixes: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_suffixes(self.name, self.suffixes)


@dataclass(frozen=True, kw_only=True)
class SimulatorSpec(PluginSpec):
    """Draws sources of one morphology for simulated skies; the factory makes a `Morphology`.

    Parameters
    ----------
    fr_class : str or None
        Fanaroff-Riley class of whatever it draws, one of `sciarada.core.taxonomy.FR_CLASSES`;
        None where there is none.
    structure : str or None
        Structure of whatever it draws, one of `sciarada.core.taxonomy.STRUCTURE_CLASSES`; None
        where none fits.
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
    """One more ``sciarada`` command; the factory returns a `click.Command`."""

    kind = "command"


def _are_texts(values: object) -> bool:
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
