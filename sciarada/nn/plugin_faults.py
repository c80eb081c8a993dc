"""Name the plugin of an encoder that raises an error during a training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sciarada.errors import PluginError, SciaradaError
from sciarada.hooks.describing import describe_error
from sciarada.hooks.specs import PluginSpec
from sciarada.nn.training.ending import is_lost_connection
from sciarada.running.memory_errors import memory_error


@contextmanager
def faults_named(spec: PluginSpec | None, when: str) -> Iterator[None]:
    """Convert exceptions of a plugin's module to an error that names the plugin.

    Lack of memory and the loss of another process are passed on, since they have messages of their
    own, and so is everything if there is no plugin.

    Parameters
    ----------
    spec : PluginSpec or None
        What made the module.
    when : str
        What it was doing, such as ``in step 3 of the training``.

    Raises
    ------
    PluginError
        For any other error, and for `SystemExit`.
    """
    try:
        yield
    except SciaradaError:
        raise
    except (Exception, SystemExit) as error:
        if spec is None or memory_error(error) or is_lost_connection(error):
            raise
        raise PluginError(
            f"{spec.title} failed {when} with {describe_error(error)}; "
            f"see `sciarada plugins check {spec.name}`"
        ) from error
