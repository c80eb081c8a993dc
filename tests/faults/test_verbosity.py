"""``-vv`` says more than ``-v``: what is read, the mesh, the tiles and the time of each stage."""

import re

from astropy.io import fits
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.testing import small_sky

SAID = (
    r"plugin sciarada/islands is being loaded",
    r"reading field\.fits: 260 x 200 pixels",
    r"field\.fits: beam: BMAJ, BMIN, BPA",
    r"background of field: mesh boxes of \d+ px, every \d+ px",
    r"tile \S+ \(fine\), x 0-\d+, y 0-\d+: \d+ detections",
    r"(background|islands|measure) took \d+\.\d{3} s",
)


def test_more_is_said_with_more_vs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sky = small_sky()
    fits.writeto("field.fits", sky.read(), sky.map_header())
    said = {}
    for option in ("-q", "-v", "-vv"):
        words = [
            "--quiet" if option == "-q" else option,
            "detect",
            "field.fits",
            "--out",
            option[1:],
        ]
        run = CliRunner().invoke(main, [*words, "--workers", "1", "--tile", "128", "--no-diffuse"])
        assert run.exit_code == 0, run.output
        said[option] = run.stderr
    assert said["-q"] == ""
    for text in SAID:
        assert re.search(text, said["-vv"]), f"{text} is not in {said['-vv']}"
        assert not re.search(text, said["-v"])
    assert said["-vv"].count("detections") == 6, "one line per tile"
