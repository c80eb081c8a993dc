"""The ``sciarada`` command: a group of verbs, each imported only when it is run."""

from __future__ import annotations

import os

import click

from sciarada import __version__
from sciarada.cli.commands import SECTIONS
from sciarada.cli.group import LazyGroup
from sciarada.cli.readers import reader_param
from sciarada.cli.verbosity import verbosity_params
from sciarada.hooks.metadata import tolerate_damaged_entry_points
from sciarada.pipelines.plugin_formats import check_chosen_readers, use_formats_of_plugins

# The work is spread over processes, one per core.  Threads of the linear-algebra libraries inside
# each of them would only fight for the same cores.  It must be said before numpy is imported.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


# Before any library reads the entry points of all that is installed.
tolerate_damaged_entry_points()
use_formats_of_plugins()


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    params=[*verbosity_params(), reader_param()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Plugins add detectors and commands: `sciarada plugins` lists them.",
)
@click.version_option(__version__, prog_name="sciarada")
def main() -> None:
    """Find, measure, classify and explore sources in radio survey images."""
    check_chosen_readers()
