import pytest
from click.testing import CliRunner

from sciarada.cli.main import main


def probe(*arguments):
    return CliRunner().invoke(main, ["probe", *arguments])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["set.fits"], "Missing option '--labels'"),
        (["set.fits", "--labels", "a", "--fractions", "0.1,some"], "not a list of numbers"),
        (["set.fits", "--labels", "a", "--per-class", "2.5"], "not a list of numbers"),
        (["set.fits", "--labels", "a", "--npix", "large"], "neither a number of pixels nor own"),
        (["set.fits", "--labels", "a", "--npix", "0"], "give --npix 16 or more"),
        (["set.fits", "--labels", "a", "--test-on", "valid"], "--test-on valid needs --split"),
        (["set.fits", "--labels", "a", "--classes", "A,A"], "--classes names A twice"),
    ],
)
def test_values_that_cannot_be_meant(arguments, sentence):
    result = probe(*arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())


def test_help_says_what_comes_out():
    text = " ".join(probe("--help").output.split())
    assert "probe.png and report.html" in text
    assert "--allow-leakage" in text
