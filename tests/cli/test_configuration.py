"""Options in a file: precedence, completeness, and what is refused."""

import tomllib

import click
import pytest
from click.testing import CliRunner
from commands_walk import options_of, walk
from hypothesis import given
from hypothesis import strategies as st

from sciarada.cli.configuration.expected import expected
from sciarada.cli.configuration.keys import key_of, parameters
from sciarada.cli.configuration.reading import values_of
from sciarada.cli.configuration.resolved import resolved_options, unset_options
from sciarada.cli.configuration.toml import toml_section
from sciarada.cli.main import main

COMMANDS = {name: each for name, each in walk() if not isinstance(each, click.Group)}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def parsed():
    """Return what a command line means, without running it."""

    def parse(name: str, *words: str) -> dict:
        root = click.Context(main, info_name="sciarada")
        command = main.get_command(root, name)
        return command.make_context(name, list(words), parent=root).params

    return parse


def refusal(folder, text: str, *words: str) -> str:
    (folder / "run.toml").write_text(text)
    result = CliRunner().invoke(main, [*words, "--config", "run.toml"])
    assert result.exit_code == 2
    line, *more = result.stderr.splitlines()
    assert not more
    return line


def test_the_command_line_precedes_the_file_and_the_file_the_defaults(folder, parsed):
    (folder / "run.toml").write_text(
        '[detect]\nimage = "a.fits"\ntile = 512\nworkers = 3\nscale = [3, 6.5]\nno_diffuse = true\n'
        "beam = [15, 12, 30]\n[detect.option]\npeak_sigma = 6\ngrow_sigma = 2.5\n"
    )
    found = parsed("detect", "--workers", "2", "-O", "peak_sigma=7", "--config", "run.toml")
    assert str(found["image"]) == "a.fits"
    assert (found["workers"], found["tile"], found["detector"]) == (2, 512, "islands")
    assert found["scales"] == (3.0, 6.5)
    assert found["no_diffuse"] is True
    assert found["beam"] == "15,12,30"
    assert sorted(found["options"]) == ["grow_sigma=2.5", "peak_sigma=7"]
    assert str(parsed("detect", "b.fits", "--config", "run.toml")["image"]) == "b.fits"


def test_arguments_of_any_number_come_from_the_file_too(folder, parsed):
    (folder / "run.toml").write_text(
        '[probe]\nsets = ["a.fits", "b.fits"]\nlabels = "kind"\nkind = ["linear", "knn"]\n'
    )
    found = parsed("probe", "--config", "run.toml")
    assert [str(path) for path in found["sets"]] == ["a.fits", "b.fits"]
    assert found["kinds"] == ("linear", "knn")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[detcet]\n", "run.toml: [detcet] is no command; did you mean 'detect'?"),
        ("[simulate]\n", "run.toml has no section [detect]; there is only simulate"),
        ("", "run.toml has no section [detect]"),
        ("detect = 3\n", "run.toml: detect must be a section: write [detect] above its keys"),
        ("[[detect]]\n", "run.toml: detect must be a section"),
        ("[weights.exprt]\n", "[weights.exprt] is no command; did you mean 'weights.export'?"),
        ("seed = 1\n", "run.toml: seed is outside a section: put it under [detect]"),
        ("[detect]\nworker = 1\n", "[detect] has no option worker; did you mean 'workers'?"),
        (
            "[detect]\nworkers = 1.5\n",
            "run.toml: [detect] workers must be a whole number from 0 to 4096, not 1.5",
        ),
        ("[detect]\nworkers = -1\n", "workers must be a whole number from 0 to 4096, not -1"),
        ('[detect]\nworkers = "all"\n', "must be a whole number from 0 to 4096, not 'all'"),
        ("[detect]\ntile = -5\n", "run.toml: [detect] tile must be a whole number of 0 or more"),
        ("[detect]\nscale = [2, 0.5]\n", "scale must be a number greater than 1, not 0.5"),
        ("[detect]\nworkers = true\n", "[detect] workers must be text or a number, not True"),
        ("[detect]\nparquet = 1\n", "[detect] parquet must be true or false, not 1"),
        ("[detect]\noption = 1\n", "[detect] option must be a table of names and values, not 1"),
        ("[detect]\noverwrite = true\n", "overwrite is only taken from the command line"),
        ("[detect]\ntile = 1979-05-27\n", "[detect] tile must be text or a number"),
        ("[detect\n", "run.toml is not valid TOML at line 1, column 8"),
        ('[detect]\nimage = "a', "run.toml is not valid TOML at end of document"),
    ],
)
def test_what_a_file_may_not_hold(folder, text, sentence):
    assert sentence in refusal(folder, text, "detect", "a.fits")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('fractions = "1,x"', "fractions must be numbers separated by commas, not '1,x'"),
        ("fractions = [0.1, 'x']", "fractions must be numbers separated by commas, not [0.1, 'x']"),
        ("per-class = 1.5", "per-class must be whole numbers separated by commas, not 1.5"),
        ("npix = 'large'", "npix must be a number of pixels up to 4096, or 'own', not 'large'"),
        ("npix = 100000", "npix must be a number of pixels up to 4096, or 'own', not 100000"),
        ("test-on = 'train'", "test-on must be one of test, valid, not 'train'"),
        ("folds = 1", "folds must be a whole number of 2 or more, not 1"),
    ],
)
def test_values_of_other_types_are_refused_with_file_and_key(folder, text, sentence):
    line = refusal(folder, f"[probe]\n{text}\n", "probe", "a.fits", "--labels", "kind")
    assert line == f"sciarada: run.toml: [probe] {sentence}"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_message_can_name_what_every_option_must_be(name):
    anything = (click.types.StringParamType, click.Path)
    for parameter in parameters(COMMANDS[name]).values():
        flag = isinstance(parameter, click.Option) and parameter.is_flag
        if not flag and not isinstance(parameter.type, anything):
            assert expected(parameter.type) != expected(click.STRING)


def test_files_that_cannot_be_read(folder):
    line = CliRunner().invoke(main, ["detect", "a.fits", "--config", "no.toml"]).stderr
    assert line == "sciarada: --config no.toml cannot be read: No such file or directory\n"
    (folder / "run.toml").write_bytes(b"\xff")
    line = CliRunner().invoke(main, ["detect", "a.fits", "--config", "run.toml"]).stderr
    assert line == "sciarada: --config run.toml is not TOML: it is not text in UTF-8\n"


def test_an_unknown_option_of_a_plugin_is_refused_with_the_nearest(folder):
    from astropy.io import fits

    header = fits.Header({"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CDELT1": -1e-3,
                          "CDELT2": 1e-3, "CUNIT1": "deg", "CUNIT2": "deg", "BMAJ": 3e-3,
                          "BMIN": 3e-3, "BUNIT": "Jy/beam"})  # fmt: skip
    fits.PrimaryHDU([[0.0] * 64] * 64, header).writeto("a.fits")
    line = refusal(folder, "[detect.option]\npeak_sigm = 4\n", "detect", "a.fits")
    assert "did you mean 'peak_sigma'" in line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_options_and_every_option_a_key(name):
    command = COMMANDS[name]
    names = {text for option in options_of(command) for text in option.opts}
    assert {"--config", "--save-config"} <= names
    shown = {key_of(option) for option in options_of(command)}
    untyped = {"verbose", "quiet", "config", "save-config", "help", "overwrite", "resume"}
    given = {key_of(each) for each in command.params if isinstance(each, click.Argument)}
    assert set(parameters(command)) - given >= shown - untyped - {"surveys"}


def test_a_saved_file_is_complete_and_means_the_same(folder, parsed):
    words = ["-o", "sky", "--size", "64", "--number", "3", "-O", "noise.rms=5e-6", "--workers", "1"]
    result = CliRunner().invoke(main, ["simulate", *words, "--save-config", "s.toml"])
    assert result.exit_code == 0, result.stderr
    saved = tomllib.loads((folder / "s.toml").read_text())["simulate"]
    assert saved["option"] == {"noise.rms": "5e-6"}
    assert saved["seed"] == 1
    assert parsed("simulate", "--config", "s.toml") == parsed("simulate", *words)
    again = CliRunner().invoke(main, ["simulate", *words, "--overwrite", "--save-config", "s.toml"])
    assert again.stderr == "sciarada: --save-config s.toml exists already: choose another name\n"


@pytest.mark.parametrize(
    ("name", "words", "options"),
    [
        ("detect", ["a.fits", "-O", "peak_sigma=4"], {"peak_sigma": 4, "grow_sigma": 3.0}),
        ("pretrain", ["s.fits", "-O", "hidden=16"], {"hidden": 16, "temperature": 0.1}),
    ],
)
def test_options_of_a_plugin_are_saved_with_their_defaults(name, words, options, parsed):
    command = COMMANDS[name]
    context = command.make_context(name, words)
    resolved = resolved_options(context)
    assert options.items() <= resolved["option"].items()
    again = values_of(command, resolved, "there")
    read = command.make_context(name, [], default_map=again)
    assert resolved_options(read) == resolved
    assert {**read.params, "options": ()} == {**context.params, "options": ()}


def test_a_value_that_a_sampler_does_not_use_is_refused_unless_it_is_the_default(folder):
    text = '[cutouts]\ninputs = "a.fits"\nsampler = "centred"\nout = "s.fits"\nnumber = {}\n'
    assert "--number goes with --sampler random only" in refusal(folder, text.format(7), "cutouts")
    assert "--number" not in refusal(folder, text.format(10000), "cutouts")


def test_the_section_of_a_subcommand(folder):
    text = '[weights.export]\nname = "nothing"\nout = "net.onnx"\n'
    assert "nothing" in refusal(folder, text, "weights", "export")
    assert "has no option outs; did you mean 'out'?" in refusal(
        folder, text + "outs = 1\n", "weights", "export"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[weights]\nexport = 3\n", "weights.export must be a section: write [weights.export]"),
        ("[weights]\n", "run.toml has no section [weights.export]"),
        ("[detect]\n", "run.toml has no section [weights.export]; there is only detect"),
        ("[weights.exprt]\nfoo = 1\n", "[weights.exprt] is no command; did you mean 'weights"),
        ("[weights]\nfoo = 1\n", "weights.foo is outside a section: put it under [weights.exp"),
    ],
)
def test_sections_in_the_section_of_a_group_are_checked(folder, text, sentence):
    words = ["weights", "export", "nothing", "-o", "net.onnx"]
    assert sentence in refusal(folder, text, *words)


def test_empty_lists_do_not_count_as_options_that_a_sampler_does_not_use(folder):
    text = '[cutouts]\ninputs = "a.fits"\nsampler = "random"\nout = "s.fits"\n'
    empty = "catalogue = []\nclass = []\nexclude = []\n"
    assert "a.fits" in refusal(folder, text + empty, "cutouts")
    assert "--catalogue goes with" in refusal(folder, text + 'catalogue = "c.fits"\n', "cutouts")


@pytest.mark.parametrize("name", ["detect", "cutouts", "probe", "evaluate"])
def test_empty_lists_are_saved_where_the_default_is_not_empty(name):
    command = COMMANDS[name]
    many = {k: p for k, p in parameters(command).items() if p.multiple and k != "option"}
    words = [p.opts[-1] for p in command.params if p.required and p.param_type_name == "option"]
    typed = [text for word in words for text in (word, "x")]
    needed = ["a.fits" for p in command.params if p.param_type_name == "argument"]
    context = command.make_context(
        name, [*needed, *typed], default_map={p.name: [] for p in many.values()}
    )
    resolved = resolved_options(context)
    default = {k for k, p in many.items() if p.default and isinstance(p.default, tuple)}
    assert {k for k in many if resolved.get(k) == []} == default
    assert not default & unset_options(context).keys()
    again = command.make_context(name, [], default_map=values_of(command, resolved, "there"))
    assert {**again.params, "options": ()} == {**context.params, "options": ()}


def test_options_of_a_plugin_are_saved_under_their_present_names():
    words = ["a.fits", "-O", "peak-sigma=6", "-O", "least_pixels=9", "-O", "grow-sigma=2"]
    context = COMMANDS["detect"].make_context("detect", words)
    option = resolved_options(context)["option"]
    assert (option["peak_sigma"], option["min_pixels"], option["grow_sigma"]) == (6, 9, 2)
    assert not option.keys() & {"peak-sigma", "grow-sigma", "least_pixels"}
    assert resolved_options(context, defaults=False)["option"].keys() >= {"peak_sigma"}


def test_the_saved_file_of_a_refused_command_is_removed(folder):
    words = ["simulate", "-o", "sky", "--size", "32", "--number", "1", "--workers", "1"]
    save = ["--save-config", "s.toml"]
    result = CliRunner().invoke(main, [*words, "-O", "nope=1", *save])
    assert result.exit_code == 2
    assert not (folder / "s.toml").exists()
    assert CliRunner().invoke(main, [*words, *save]).exit_code == 0
    before = (folder / "s.toml").read_bytes()
    assert CliRunner().invoke(main, [*words, *save]).exit_code == 2
    assert (folder / "s.toml").read_bytes() == before


def test_the_file_is_saved_in_a_folder_that_exists(folder):
    result = CliRunner().invoke(main, ["detect", "a.fits", "--save-config", "nodir/x.toml"])
    assert result.exit_code == 2
    assert result.stderr == (
        "sciarada: --save-config nodir/x.toml cannot be written: make the folder nodir\n"
    )


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["--detector", "blobs"], []),
        (["--detector", "blobs", "-O", "sigma=4"], ["sigma=4"]),
        (["--detector", "islands"], ["peak_sigma=6"]),
        (["--detector", "sciarada:islands"], ["peak_sigma=6"]),
        ([], ["peak_sigma=6"]),
    ],
)
def test_options_of_the_plugin_of_a_file_are_not_given_to_another(
    folder, parsed, caplog, words, options
):
    section = '[detect]\nimage = "a.fits"\n{}[detect.option]\npeak_sigma = 6\n'
    (folder / "run.toml").write_text(section.format('detector = "islands"\n'))
    assert list(parsed("detect", *words, "--config", "run.toml")["options"]) == options
    note = "--detector blobs: the options of islands in the file are not used"
    assert [record.getMessage() for record in caplog.records] == [note] * ("blobs" in words)
    (folder / "run.toml").write_text(section.format(""))
    found = parsed("detect", "--detector", "blobs", "--config", "run.toml")
    assert found["options"] == ("peak_sigma=6",)


PLAIN = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    st.lists,
    max_leaves=5,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), PLAIN))
def test_a_section_is_read_back(values):
    text = toml_section(["a", "b"], {**values, "table": values}, {"unset": "no value"})
    assert tomllib.loads(text) == {"a": {"b": {**values, "table": values}}}


def test_a_name_that_is_not_utf_8_is_refused_in_one_sentence(folder):
    words = ["detect", "a\udcff.fits", "--save-config", "run.toml"]
    result = CliRunner().invoke(main, words)
    assert "cannot hold a name that is not UTF-8" in result.stderr
    assert not (folder / "run.toml").exists()
