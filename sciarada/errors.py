"""The errors that a user sees.

Each message is one sentence that names the file or option, the cause and, where
there is one, the next command to type. The command line prints it and exits with
status 2; nothing else of the traceback is shown unless ``-v`` asks for it.
"""


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
