"""``sciarada simulate --into``: sources in an image of the user's, which stays as it is."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner
from scipy.spatial import KDTree

from sciarada.cli.main import main
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue

SIGMA = 3e-4
CARDS = {
    "CTYPE1": "RA---SIN", "CRVAL1": 187.5, "CRPIX1": 200.5, "CDELT1": -2 / 3600,
    "CTYPE2": "DEC--SIN", "CRVAL2": -45.0, "CRPIX2": 150.5, "CDELT2": 2 / 3600,
    "CTYPE3": "FREQ", "CRVAL3": 8.88e8, "CRPIX3": 1.0, "CDELT3": 1e6,
    "EQUINOX": 2000.0, "BUNIT": "mJy/beam", "BMAJ": 12 / 3600, "BMIN": 8 / 3600, "BPA": 30.0,
    "OBSERVER": "A. Nonymous", "TELESCOP": "MeerKAT",
}  # fmt: skip


def smooth_noise(shape: tuple[int, int]) -> np.ndarray:
    rng = np.random.default_rng(11)
    white = np.fft.rfft2(rng.normal(size=shape))
    k2 = np.fft.fftfreq(shape[0])[:, None] ** 2 + np.fft.rfftfreq(shape[1]) ** 2
    noise = np.fft.irfft2(white * np.exp(-2 * np.pi**2 * 2.0**2 * k2), s=shape)
    return noise / noise.std()


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> Path:
    """A cube of one channel in mJy/beam, with a hole, a border and a history."""
    data = SIGMA * 1e3 * smooth_noise((300, 400))
    data[100:140, 50:120] = np.nan
    data[:6] = np.nan
    header = fits.Header(CARDS.items())
    header.add_history("the first step")
    header.add_history("CLEAN BMAJ= 1.0 BMIN= 1.0 BPA= 0")
    path = tmp_path_factory.mktemp("mine") / "mine.fits"
    fits.writeto(path, data[None].astype(np.float32), header)
    return path


@pytest.fixture
def simulate(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(main, ["simulate", "--workers", "1", *map(str, arguments)])

    return run


@pytest.fixture(scope="module")
def into(mine, tmp_path_factory):
    """Return the folder of an injection, and what was said."""
    out = tmp_path_factory.mktemp("into") / "out"
    before = hashlib.sha256(mine.read_bytes()).hexdigest()
    options = ["--into", str(mine), "--number", "60", "-O", "number.fr2=5", "--workers", "1"]
    result = CliRunner().invoke(main, ["simulate", "--out", str(out), *options])
    assert hashlib.sha256(mine.read_bytes()).hexdigest() == before
    return out, result


def added(out: Path, mine: Path) -> np.ndarray:
    """Return in Jy/beam what an injection added."""
    return 1e-3 * (fits.getdata(out / "image.fits")[0] - fits.getdata(mine)[0])


def test_it_says_what_was_put_where(into):
    out, result = into
    assert result.exit_code == 0, result.output
    assert "mine with sources as of ASKAP EMU: 400 x 300 pixels" in result.stdout
    assert "5 fr2" in result.stdout
    assert (out / "preview.png").stat().st_size > 5000


def test_the_image_is_the_users_with_sources(into, mine):
    out, _ = into
    data, header = fits.getdata(out / "image.fits", header=True)
    assert np.array_equal(np.isnan(data), np.isnan(fits.getdata(mine)))
    assert (header["NAXIS"], header["CTYPE3"]) == (3, "FREQ")
    assert (header["OBSERVER"], header["TELESCOP"]) == ("A. Nonymous", "MeerKAT")
    assert header["BUNIT"] == "mJy/beam"
    history = [str(line) for line in header["HISTORY"]]
    assert history[0] == "the first step"
    assert "sciarada simulate" in history[-1]
    image, old = read_image(out / "image.fits"), read_image(mine)
    assert (image.beam.major, image.beam.minor, image.beam.pa) == pytest.approx((12.0, 8.0, 30.0))
    assert image.frequency == old.frequency == 8.88e8
    np.testing.assert_allclose(image.pixel_to_sky(10, 20), old.pixel_to_sky(10, 20), atol=1e-9)


def test_what_was_added_is_what_the_truth_says(into, mine):
    out, _ = into
    catalogue = read_catalogue(out / "truth.fits")
    sources = catalogue.sources
    image = read_image(mine)
    new = np.nan_to_num(added(out, mine))
    assert new.sum() / image.beam_area == pytest.approx(sources["total_flux"].sum(), rel=0.01)
    labels = fits.getdata(out / "segmentation.fits")
    bright = sources[(sources["snr"] > 30) & (sources["morphology"] == "point")]
    assert len(bright) > 1
    for source in bright:
        peak = new[labels == source["source_id"]].max()
        assert 0.93 < peak / source["peak_flux"] < 1.1  # 5 pixels across the beam


def test_fluxes_are_scaled_to_the_noise_of_the_image(into):
    sources = read_catalogue(into[0] / "truth.fits").sources
    assert np.median(np.asarray(sources["local_rms"])) == pytest.approx(SIGMA, rel=0.1)
    run = json.loads((into[0] / "run.json").read_text())
    assert run["inputs"][0]["image"].endswith("mine.fits")
    counted = sources[sources["morphology"] == "point"]
    assert counted["total_flux"].min() > 2 * SIGMA
    assert np.median(np.asarray(counted["total_flux"])) < 10 * SIGMA
    rms = fits.getdata(into[0] / "rms.fits")
    assert np.isnan(rms[:6]).all()
    assert np.nanmedian(rms) == pytest.approx(SIGMA, rel=0.1)


def test_no_source_lies_on_missing_pixels(into):
    sources = read_catalogue(into[0] / "truth.fits").sources
    values = fits.getdata(into[0] / "image.fits")[0]
    x, y = (np.round(np.asarray(sources[name])).astype(int) for name in "xy")
    assert np.isfinite(values[y, x]).all()


def test_a_grid_over_a_range_of_signal_to_noise(simulate, mine):
    zero = [f"number.{name}=0" for name in ("halo", "relic", "odd_radio_circle")]
    options = [word for option in zero for word in ("-O", option)]
    result = simulate(
        "--out", "grid", "--into", mine, "--placement", "grid", "--snr", "3,100", *options
    )
    assert result.exit_code == 0, result.output
    sources = read_catalogue("grid/truth.fits").sources
    assert len(sources) > 15
    snr = np.asarray(sources["snr"])
    assert snr.min() >= 3 * 0.999
    assert snr.max() <= 100 * 1.001
    assert abs(np.median(np.log(snr)) - np.log(300) / 2) < 1.0
    xy = np.column_stack([sources["x"], sources["y"]])
    assert KDTree(xy).query(xy, k=2)[0][:, 1].min() > 4 * np.sqrt(12 * 8) / 2
    again = simulate(
        "--out", "again", "--into", mine, "--placement", "grid", "--snr", "3,100", *options
    )
    assert again.exit_code == 0
    for name in ("image.fits", "truth.fits", "truth.vot", "preview.png", "segmentation.fits"):
        assert (Path("grid") / name).read_bytes() == (Path("again") / name).read_bytes()


def refused(result) -> str:
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("sciarada: ")
    return line


def test_an_image_without_a_beam_needs_one(simulate, mine, tmp_path):
    data, header = fits.getdata(mine, header=True)
    for card in ("BMAJ", "BMIN", "BPA", "HISTORY"):
        del header[card]
    header["BUNIT"] = "Jy/beam"
    fits.writeto(tmp_path / "bare.fits", 1e-3 * data, header)
    assert "--beam" in refused(simulate("--out", "out", "--into", "bare.fits"))
    assert not Path("out").exists()
    result = simulate("--out", "out", "--into", "bare.fits", "--beam", "12,8,30", "--number", 5)
    assert result.exit_code == 0, result.output
    assert fits.getheader("out/image.fits")["BMAJ"] == pytest.approx(12 / 3600)


def test_an_image_without_values_is_refused(simulate, mine, tmp_path):
    data, header = fits.getdata(mine, header=True)
    fits.writeto(tmp_path / "empty.fits", data * np.nan, header)
    assert "no pixels with values" in refused(simulate("--out", "out", "--into", "empty.fits"))
    assert [path.name for path in tmp_path.iterdir()] == ["empty.fits"]


def test_more_sources_than_a_grid_holds_are_refused(simulate, mine):
    arguments = ("--into", mine, "--placement", "grid", "--number", 5000)
    assert "--number" in refused(simulate("--out", "out", *arguments))


def test_the_image_is_never_replaced_by_the_products(simulate, mine, tmp_path):
    assert simulate("--out", "out", "--into", mine, "--number", 3).exit_code == 0
    before = (tmp_path / "out" / "image.fits").read_bytes()
    line = refused(simulate("--out", "out", "--into", "out/image.fits", "--overwrite"))
    assert "another --out" in line
    assert (tmp_path / "out" / "image.fits").read_bytes() == before


@pytest.mark.parametrize(
    "name",
    [
        "scorpio_atca/dev/ScorpioS17Field.fits",
        "fields_misc/aegean_1904-66/1904-66_SIN.fits",
        "fields_misc/aegean_1904-66/1904-66_AIT.fits",
    ],
)
def test_real_images(simulate, shared_data, name):
    path = shared_data / name
    result = simulate("--out", "out", "--into", path, "--survey", "scorpio", "--number", 40)
    assert result.exit_code == 0, result.output
    truth = read_catalogue("out/truth.fits")
    assert len(truth) >= 40
    image, new = read_image(path), read_image("out/image.fits")
    difference = new.read() - image.read()
    assert np.array_equal(np.isnan(new.read()), np.isnan(image.read()))
    flux = np.nansum(difference, dtype=float) / image.beam_area
    assert flux == pytest.approx(truth.sources["total_flux"].sum(), rel=0.02)
