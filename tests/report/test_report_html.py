import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from astropy.wcs import WCS
from PIL import Image

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.geometry.beam import Beam
from sciarada.report.facts import FLAG_MEANINGS
from sciarada.report.html import write_report

VOID = {"meta", "img"}
HOSTILE = "<script>alert('x')</script>\"&{{ 7*7 }}"


class Page(HTMLParser):
    """A page taken apart: tags with attributes, text, and whether all tags are closed."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def sky_image(pixels: np.ndarray, name="field", **options) -> SkyImage:
    ny, nx = pixels.shape
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---SIN", "DEC--SIN"
    wcs.wcs.crval = 187.7, 12.4
    wcs.wcs.crpix = nx / 2 + 0.5, ny / 2 + 0.5
    wcs.wcs.cdelt = -2 / 3600, 2 / 3600
    wcs.wcs.set()
    return SkyImage.from_array(pixels.astype(np.float32), wcs, name=name, **options)


@pytest.fixture
def image() -> SkyImage:
    pixels = np.random.default_rng(4).normal(0, 1e-4, (200, 300))
    pixels[100:110, 50:60] += 0.01
    return sky_image(pixels, beam=Beam(8, 6, 30), frequency=1.4e9)


def make_sources(image: SkyImage, count=40, **columns) -> SourceCatalogue:
    rng = np.random.default_rng(8)
    x, y = rng.uniform(0, 299, count), rng.uniform(0, 199, count)
    ra, dec = image.pixel_to_sky(x, y)
    corners = np.column_stack([ra, dec, ra + 0.002, dec, ra, dec + 0.002])
    plain = {
        "source_id": np.arange(count) + 1,
        "ra": ra,
        "dec": dec,
        "x": x,
        "y": y,
        "x_min": np.maximum(x - 3, 0).astype(int),
        "x_max": x.astype(int) + 3,
        "y_min": np.maximum(y - 3, 0).astype(int),
        "y_max": y.astype(int) + 3,
        "total_flux": 10 ** rng.uniform(-4, -1, count),
        "peak_flux": 10 ** rng.uniform(-4, -2, count),
        "snr": 10 ** rng.uniform(0.7, 3, count),
        "las": rng.uniform(8, 80, count),
        "maj_axis": rng.uniform(8, 40, count),
        "beam_maj": np.full(count, 8.0),
        "local_rms": np.full(count, 1e-4),
        "flags": rng.choice([0, 1, 4, 68], count),
        "s_region": ["POLYGON ICRS " + " ".join(f"{v:.7f}" for v in row) for row in corners],
    }
    return SourceCatalogue.from_columns({**plain, **columns})


RUN = {
    "created": "2026-01-01T00:00:00+00:00",
    "inputs": [{"image": "field.fits", "sha256": "ab" * 32}],
    "configuration": {"detector": "islands", "options": {"peak_sigma": 5.0}},
    "configuration_hash": "cd" * 32,
    "versions": {"sciarada": "0.1", "plugins": {"sciarada": "0.1"}},
    "counts": {"sources": 40, "components": 55, "islands": 38},
    "timings": {"background": 0.5, "measure": 1.5},
    "thresholds": {"peak_sigma": 5.0, "grow_sigma": 3.0},
    "warnings": ["the beam has no position angle"],
    "rms": {"median": 1e-4, "min": 5e-5, "max": 2e-4},
}


def write(folder: Path, catalogue: SourceCatalogue, image: SkyImage, run: dict = RUN) -> Page:
    path = write_report(folder, catalogue, image, run)
    assert path == folder / "report.html"
    page = Page(path.read_text(encoding="utf-8"))
    assert page.open == []
    return page


def test_the_page_loads_nothing(image, tmp_path):
    Image.new("RGB", (30, 20)).save(tmp_path / "preview.png")
    page = write(tmp_path, make_sources(image), image)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    for tag, attrs in page.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base"}
        assert attrs.get("src", "data:").startswith("data:image/png;base64,") or tag != "img"
        assert "//" not in attrs.get("href", "")
    assert not re.search(r"https?://|@import|url\(", text)


def test_every_picture_is_a_png_with_words_for_it(image, tmp_path):
    Image.new("RGB", (30, 20)).save(tmp_path / "preview.png")
    pictures = write(tmp_path, make_sources(image), image).all("img")
    assert len(pictures) == 1 + 12 + 12
    for picture in pictures:
        assert len(picture["alt"]) > 10
        png = base64.b64decode(picture["src"].partition(",")[2])
        with Image.open(io.BytesIO(png)) as opened:
            assert opened.format == "PNG"
            opened.load()


def test_figures_of_the_run_are_stated(image, tmp_path):
    (tmp_path / "sources.reg").write_text("x" * 2_500_000)
    page = write(tmp_path, make_sources(image), image)
    for expected in (
        "100 µJy/beam", "8″ × 6″", "1.4 GHz", "300 × 200 px", "ab" * 32, "cd" * 32,
        "peak_sigma = 5", "the beam has no position angle", "sources.reg", "2.5 MB",
        "plugin sciarada 0.1", "1.50 s", '"detector": "islands"', "FIT_FAIL",
    ):  # fmt: skip
        assert expected in page.text
    assert "rms.fits" not in page.text  # the folder has none


def test_the_brightest_source_comes_first_with_its_figures(image, tmp_path):
    flux = np.linspace(1e-3, 2e-3, 40)
    flux[17] = 0.5
    error = np.full(40, 0.0123)
    sources = make_sources(image, total_flux=flux, e_total_flux=error)
    page = write(tmp_path, sources, image)
    first = page.text[page.text.index("Brightest") :]
    name = sources.sources["source_name"][17]
    assert first.index(name) == first.index("SCI J")
    assert "500 ± 12 mJy" in first


def test_outlines_lie_on_the_source(image, tmp_path):
    """The outline is a box of 10 pixels in a cutout of known width round its middle."""
    x0, x1, y0, y1 = 49.5, 59.5, 99.5, 109.5
    ra, dec = image.pixel_to_sky(np.array([x0, x1, x1, x0]), np.array([y0, y0, y1, y1]))
    region = "POLYGON ICRS " + " ".join(f"{a:.9f} {d:.9f}" for a, d in zip(ra, dec, strict=True))
    box = {"x_min": [50], "x_max": [59], "y_min": [100], "y_max": [109]}
    sources = make_sources(image, 1, **box, s_region=[region])
    page = write(tmp_path, sources, image)
    points = page.all("polygon")[0]["points"].split()
    corners = np.array([[float(v) for v in point.split(",")] for point in points])
    png = base64.b64decode(page.all("img")[0]["src"].partition(",")[2])
    bright = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).min(axis=2) > 200
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    seen = np.array([columns[0], columns[-1] + 1, rows[0], rows[-1] + 1]) * 100 / bright.shape[0]
    drawn = [corners[:, 0].min(), corners[:, 0].max(), corners[:, 1].min(), corners[:, 1].max()]
    assert np.abs(seen - drawn).max() < 4


def test_hostile_names_are_shown_not_obeyed(tmp_path):
    image = sky_image(np.random.default_rng(0).normal(size=(60, 60)), name=HOSTILE)
    sources = make_sources(image, 3, class_name=[HOSTILE, "a&b", "<b>"])
    run = {**RUN, "warnings": [HOSTILE], "configuration": {HOSTILE: HOSTILE}}
    page = write(tmp_path, sources, image, run)
    assert page.all("script") == []
    assert HOSTILE in page.text


def test_classes_and_anomalies_get_galleries(image, tmp_path):
    classes = np.array(["fri", "frii", "compact", "compact"])[np.arange(40) % 4]
    score = np.linspace(0, 1, 40)
    sources = make_sources(image, class_name=classes, class_prob=score, anomaly_score=score)
    text = write(tmp_path, sources, image).text
    for heading in ("Class fri", "Class frii", "Class compact", "Most anomalous"):
        assert heading in text
    strangest = text[text.index("Most anomalous") :]
    assert strangest.index(sources.sources["source_name"][39]) == strangest.index("SCI J")
    assert "compact (100%)" in text


@pytest.mark.parametrize("fill", [np.nan, 0.0])
def test_no_sources(tmp_path, fill):
    image = sky_image(np.full((50, 50), fill), unit=None)
    run = {**RUN, "rms": {"median": None, "min": None, "max": None}}
    page = write(tmp_path, SourceCatalogue.empty(), image, run)
    assert "No source was found" in page.text
    assert page.all("img") == []


def test_sources_of_which_nothing_is_known(tmp_path):
    image = sky_image(np.full((50, 50), np.nan))
    nothing = SourceCatalogue.from_columns(
        {"source_id": [1], "ra": [187.7], "dec": [12.4], "peak_flux": [0.1]}
    )
    assert len(write(tmp_path, nothing, image, {}).all("img")) == 1


def test_distributions_count_every_source(image, tmp_path):
    page = write(tmp_path, make_sources(image), image)
    titles = [w for w in page.words if re.fullmatch(r"\S+ to \S+.*: \d+ sources?", w)]
    assert sum(int(re.search(r": (\d+)", title)[1]) for title in titles) == 3 * 40


def test_every_flag_has_a_meaning():
    assert set(FLAG_MEANINGS) == set(Flag)
