"""How a spec is listed is a part of its check: names, endings and kinds of objects."""

import pytest
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.testing import assert_plugin_conforms

FORMAT = """
    from sciarada.errors import CatalogueError, ImageError
    from sciarada.hooks import {spec}, hookimpl

    class Format:
        def read(self, path):
            raise {error}("no")

        def write(self, catalogue, path):
            path.write_text("x"){more}

    @hookimpl
    def sciarada_{hook}():
        return [{spec}(name="{name}", summary="x", factory=Format, suffixes={suffixes}{fields})]
"""


def source(spec, suffixes, *, name="odd", error="ImageError", fields="", more=""):
    hook = "readers" if spec == "ReaderSpec" else "writers"
    return FORMAT.format(**locals())


def check(name="odd"):
    result = CliRunner().invoke(main, ["plugins", "check", name])
    return result.exit_code, [line for line in result.stdout.splitlines() if "FAILED" in line]


TABLE = {"error": "CatalogueError", "fields": ', content="table"'}


@pytest.mark.parametrize(
    ("spec", "suffixes", "more", "problem"),
    [
        ("ReaderSpec", (".fits",), {}, "SCIARADA itself reads .fits"),
        ("ReaderSpec", (".h5", ".FITS.GZ"), {}, "SCIARADA itself reads .FITS.GZ"),
        ("ReaderSpec", (".csv",), TABLE, "SCIARADA itself reads .csv"),
        ("WriterSpec", (".vot",), {}, "SCIARADA itself writes .vot"),
    ],
)
def test_endings_of_sciarada_itself_fail(install_plugin, spec, suffixes, more, problem):
    install_plugin("odd", source(spec, suffixes, **more))
    status, failed = check()
    assert status == 1
    assert failed == [f"  FAILED has endings that nothing else uses: {problem}"]


def test_an_ending_of_another_plugin_fails_for_both(install_plugin):
    install_plugin("odd", source("ReaderSpec", (".h5", ".hdf")))
    install_plugin("even", source("ReaderSpec", (".H5",), name="even"))
    assert check() == (
        1,
        ["  FAILED has endings that nothing else uses: dist-even/even reads .h5, too"],
    )
    assert check("even")[0] == 1


def test_a_table_and_an_image_may_end_alike(install_plugin):
    install_plugin("odd", source("ReaderSpec", (".h5",)))
    install_plugin("even", source("ReaderSpec", (".h5",), name="even", **TABLE))
    assert check() == (0, [])


def test_a_writer_that_fails_on_sources_or_leaves_more_fails(install_plugin):
    fails = "; assert not len(catalogue), 'too many'"
    install_plugin("odd", source("WriterSpec", (".odd",), more=fails))
    status, failed = check()
    assert (status, failed) == (1, ["  FAILED writes a catalogue with null values: too many"])
    more = "; path.with_name('more').touch()"
    install_plugin("even", source("WriterSpec", (".even",), name="even", more=more))
    status, failed = check("even")
    assert status == 1
    assert failed[0].endswith("writes a catalogue without sources: it also left more")


COMMAND = """
    import click
    from sciarada.hooks import CommandSpec, hookimpl

    class Mute(click.Command):
        def get_help(self, ctx):
            raise RuntimeError("no words")

    @hookimpl
    def sciarada_commands():
        return [CommandSpec(name="odd", summary="x", factory={factory})]
"""


@pytest.mark.parametrize(
    ("factory", "problem"),
    [
        ("lambda: Mute('odd', help='x')", "prints its help: RuntimeError: no words"),
        ("list", "is a click command: [] is not a Command"),
    ],
)
def test_each_problem_of_a_command_is_one_line(install_plugin, factory, problem):
    install_plugin("odd", COMMAND.format(factory=factory))
    assert check() == (1, [f"  FAILED {problem}"])


BARE = """
    from sciarada.hooks import TaskSpec, hookimpl

    @hookimpl
    def sciarada_tasks():
        return [TaskSpec(kind="{kind}", name="odd", summary="x", factory=list)]
"""


@pytest.mark.parametrize("kind", ["detector", "classifier", "index", "selector"])
def test_an_object_without_the_methods_is_one_problem(install_plugin, kind):
    install_plugin("odd", BARE.format(kind=kind))
    status, failed = check()
    assert status == 1
    assert len(failed) == 1


def test_a_hidden_name_fails_in_a_test_of_the_plugin_too(install_plugin):
    install_plugin("odd", BARE.format(kind="detector").replace('name="odd"', 'name="islands"'))
    with pytest.raises(AssertionError, match="is listed as ready: hidden by sciarada's own isl"):
        assert_plugin_conforms("odd")


def test_a_plugin_whose_hooks_return_nothing_fails(install_plugin):
    install_plugin("odd", BARE.format(kind="detector").replace("[TaskSpec", "[] and [TaskSpec"))
    assert check() == (
        1,
        ["  FAILED offers something: it defines no hook, or its hooks return nothing"],
    )
