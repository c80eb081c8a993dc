"""The errors that a user sees.

Each message is one sentence that names the file or option, the cause and, where
there is one, the next command to type. The command line prints it and exits with
status 2; nothing else of the traceback is shown unless ``-v`` asks for it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SciaradaError(Exception):
    """Base of every error that a user can mend."""

    exit_code = 2


class ImageError(SciaradaError):
    """An image cannot be read or understood."""


class ChangedInputError(ImageError):
    """An input was modified while it was read, so that the results are invalid."""


class CatalogueError(SciaradaError):
    """A table does not fit the catalogue schema, or cannot be read."""


class CutoutError(SciaradaError):
    """Cutouts cannot be made of the positions and images given."""


class WeightsError(SciaradaError):
    """Trained weights are not there, damaged or of another model."""


class OutputError(SciaradaError):
    """A product cannot be written."""


class OptionError(SciaradaError):
    """An option has a value that cannot be used."""


class WorkerError(SciaradaError):
    """A worker process ended early; finished work is kept for ``--resume``."""


class PluginError(SciaradaError):
    """A plugin was chosen that is absent, broken or ambiguous."""


class SampError(SciaradaError):
    """No running program accepts the message."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", most: int = 1) -> str:
    """Return the end of a message about an unknown name, which suggests a known one.

    Parameters
    ----------
    name : str
        The unknown name.
    known : iterable of str
        Names that could have been meant.
    otherwise : str
        What the message ends with if no name is similar.
    most : int
        Largest number of names to suggest.

    Returns
    -------
    str
        Empty if no name is similar and nothing is said otherwise.

    Examples
    --------
    >>> did_you_mean("ilands", ["islands", "network"])
    "; did you mean 'islands'?"
    >>> did_you_mean("photutils", ["islands", "network"], "choose islands or network")
    '; choose islands or network'
    """
    close = difflib.get_close_matches(name, sorted(known), n=most)
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    return f"; {otherwise}" if otherwise else ""
