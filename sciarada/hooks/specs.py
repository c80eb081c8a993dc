"""What plugins declare: one frozen dataclass for each kind of thing that they may offer.

A spec is a declaration and nothing more.  It imports nothing heavy; the object that does
the work is made by its ``factory``, which is called only when somebody chooses the spec.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from typing import Any, ClassVar

from sciarada.core.errors import PluginError, SciaradaError
from sciarada.core.taxonomy import FR_CLASSES, STRUCTURE_CLASSES

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
#: Of the making of a view, in order.
STAGES = ("partner", "sky", "geometry", "channels")


@dataclass(frozen=True)
class Owner:
    """The plugin that offers a spec.

    Parameters
    ----------
    plugin : str
        Name of the entry point.
    distribution : str
        Installed distribution that declares it.
    version : str
        Version of the distribution, empty if unknown.
    module : str
        Module that the entry point names.
    """

    plugin: str
    distribution: str
    version: str
    module: str

    def __str__(self) -> str:
        return self.path if self.plugin != self.distribution else self.plugin

    @property
    def path(self) -> str:
        """Distribution and entry point: unique among the installed plugins."""
        return f"{self.distribution}/{self.plugin}"

    @property
    def labels(self) -> tuple[str, str, str]:
        """The names by which a user may mean this owner, the nicest first."""
        return (self.distribution, self.plugin, self.path)


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
    owner : Owner or None
        Filled in by the plugin manager; a plugin leaves it alone.
    """

    kind: ClassVar[str]

    name: str
    summary: str
    factory: Callable[..., Any] | str
    options: type | None = None
    requires: tuple[str, ...] = ()
    citation: str | None = None
    owner: Owner | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise ValueError(
                f"the name {self.name!r} of a spec must be made of a-z, 0-9, '_', '.' and '-'"
            )
        if not isinstance(self.summary, str) or not self.summary or "\n" in self.summary:
            raise ValueError(f"{self.name}: the summary must be one line of text")
        if not callable(self.factory) and not _is_import_path(self.factory):
            raise ValueError(
                f"{self.name}: the factory must be a callable or 'module:attribute', "
                f"not {self.factory!r}"
            )
        if self.options is not None and not (
            isinstance(self.options, type) and is_dataclass(self.options)
        ):
            raise ValueError(f"{self.name}: options must be a dataclass, not {self.options!r}")
        if isinstance(self.requires, str) or not all(isinstance(r, str) for r in self.requires):
            raise ValueError(f"{self.name}: requires must be a tuple of strings")

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
            As the factory raises it; anything else that it raises becomes a `PluginError`.
        """
        try:
            factory = _imported(self.factory) if isinstance(self.factory, str) else self.factory
            if self.options is None:
                return factory()
            return factory(self.options() if options is None else options)
        except SciaradaError:
            raise
        except Exception as error:
            raise PluginError(
                f"the {self.kind} {self.name!r} of plugin {self.owner} cannot be started: "
                f"{type(error).__name__}: {error}"
            ) from error


@dataclass(frozen=True, kw_only=True)
class EncoderSpec(PluginSpec):
    """Turns cutouts into feature vectors; the factory makes an `Encoder`, or a `Pretrainer`."""

    kind = "encoder"


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


@dataclass(frozen=True, kw_only=True)
class TaskSpec(PluginSpec):
    """Does one step of a pipeline.

    Parameters
    ----------
    kind : str
        Which step: ``detector`` (the factory makes a `Detector`), or a kind that another
        pipeline asks for.
    """

    kind: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.kind, str) or not NAME.fullmatch(self.kind):
            raise ValueError(f"{self.name}: the kind {self.kind!r} of a task must be one word")


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


@dataclass(frozen=True, kw_only=True)
class HubSpec(PluginSpec):
    """A place that others' trained encoders come from; the factory makes a `Hub`.

    ``--weights NAME:MODEL`` asks the hub NAME for MODEL; options follow as ``:option=value,...``.
    """

    kind = "hub"


@dataclass(frozen=True, kw_only=True)
class ReaderSpec(PluginSpec):
    """Reads images of one more format; the factory makes a `Reader`.

    Parameters
    ----------
    suffixes : tuple of str
        Endings of the file names that it reads, such as ``(".h5",)``.
    """

    kind = "reader"

    suffixes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WriterSpec(PluginSpec):
    """Writes catalogues in one more format; the factory makes a `Writer`.

    Parameters
    ----------
    suffixes : tuple of str
        Endings of the file names that it writes, such as ``(".json",)``.
    """

    kind = "writer"

    suffixes: tuple[str, ...]


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


def _is_import_path(factory: object) -> bool:
    """Say whether a factory is of the form ``package.module:attribute``."""
    if not isinstance(factory, str):
        return False
    module, _, attribute = factory.partition(":")
    return all(part.isidentifier() for part in (*module.split("."), *attribute.split(".")))


def _imported(path: str) -> Any:
    """Import ``package.module:attribute``."""
    module, _, attributes = path.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in attributes.split("."):
        found = getattr(found, attribute)
    return found
