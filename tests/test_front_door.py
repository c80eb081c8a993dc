"""``import sciarada as sc``: light, complete, and results in memory."""

import doctest
import gc
import importlib
import inspect
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable

import sciarada as sc
import sciarada.hooks
import sciarada.nn.probes.settings
import sciarada.nn.trained
import sciarada.nn.training.settings
import sciarada.pipelines.embed
import sciarada.testing
from sciarada.errors import ImageError, OptionError, OutputError
from sciarada.io.tables import read_catalogue
from sciarada.running.scratch import remove_abandoned


@pytest.fixture(scope="module")
def sky():
    return sc.simulate("emu", size=256, seed=1)


@pytest.fixture(scope="module")
def found(sky):
    return sc.detect(sky.image, detector="islands", peak_sigma=4.5, workers=1)


def test_the_import_brings_nothing_heavy():
    code = "import sys, sciarada; print(len(sys.modules), 'numpy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, numpy = said.stdout.split()
    assert numpy == "False"
    assert int(modules) < 250


@pytest.mark.parametrize("name", sc.__all__)
def test_every_public_name_is_there_and_documented(name):
    assert getattr(sc, name).__doc__
    assert name in dir(sc)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'detekt'"):
        sc.detekt  # noqa: B018


PUBLIC = {
    f"{module.__name__}.{name}": value
    for module in (sc, sciarada.hooks, sciarada.testing)
    for name in module.__all__
    if inspect.isclass(value := getattr(module, name)) or inspect.isfunction(value)
}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_examples_and_points_to_others(name):
    sections = inspect.getdoc(PUBLIC[name])
    assert "\nSee Also\n--------\n" in sections
    _, _, examples = sections.partition("\nExamples\n--------\n")
    assert "\n>>> " in f"\n{examples}"


@pytest.mark.parametrize("module", sorted({value.__module__ for value in PUBLIC.values()}))
def test_examples_run(module):
    results = doctest.testmod(importlib.import_module(module))
    assert results.attempted > 0
    assert results.failed == 0


def test_sources_have_units_and_as_many_regions(found):
    assert isinstance(found.sources, QTable)
    assert found.sources["total_flux"].unit == u.Jy
    assert len(found.regions) == len(found.sources) == found.segmentation.max() > 3
    centres = SkyCoord([region.vertices[0] for region in found.regions])
    near = centres.separation(SkyCoord(found.sources["ra"], found.sources["dec"]))
    assert near.max() < 5 * u.arcmin


def test_maps_have_the_shape_of_the_image(found, sky):
    for pixels in (found.rms, found.background, found.residual, found.segmentation):
        assert pixels.shape == sky.image.shape


def test_an_option_of_the_detector_is_used(found):
    assert found.run["configuration"]["options"]["peak_sigma"] == 4.5


def test_an_unknown_option_is_refused(sky):
    with pytest.raises(OptionError, match="peek_sigma"):
        sc.detect(sky.image, peek_sigma=4)


def test_products_can_be_kept(found, tmp_path):
    folder = found.write(tmp_path / "kept")
    assert np.array_equal(
        read_catalogue(folder / "catalogue.fits").sources["ra"], found.catalogue.sources["ra"]
    )
    assert json.loads((folder / "run.json").read_text())["counts"] == found.run["counts"]
    with pytest.raises(OutputError, match="already exists"):
        found.write(folder)


def test_a_temporary_folder_goes_with_its_result(sky):
    result = sc.detect(sky.image, workers=1)
    folder = result.out
    assert folder.is_dir()
    del result
    gc.collect()
    assert not folder.exists()


def test_a_result_draws_and_shows_itself(found):
    ax = found.plot(vmax=0.001)
    assert len(ax.lines) == len(found.sources)
    assert "data:image/png" in found._repr_html_()
    assert "arcsec" in found.image._repr_html_()
    assert found.sources["source_name"][0] in found.catalogue._repr_html_()


def test_a_part_of_an_image_keeps_its_sky(sky):
    centre = SkyCoord(*sky.image.pixel_to_sky(100.0, 150.0), unit="deg")
    part = sky.image.cutout(centre.galactic, (31, 51))
    assert part.shape == (31, 51)
    assert np.array_equal(part.read(), sky.image.read()[135:166, 75:126], equal_nan=True)
    assert np.allclose(part.sky_to_pixel(centre.ra.deg, centre.dec.deg), (25.0, 15.0), atol=1e-6)


def test_a_part_beyond_the_image_is_refused(sky):
    with pytest.raises(ImageError, match="no pixel"):
        sky.image.cutout((-500.0, 3.0), 20)


def test_sizes_and_positions_may_have_units(sky, found):
    image, pixel = sky.image, sky.image.pixel_scale * u.arcsec
    there = SkyCoord(*image.pixel_to_sky(100.0, 90.0), unit="deg").galactic
    assert image.sky_to_pixel(there) == pytest.approx((100.0, 90.0))
    assert image.cutout(there, (12 * pixel, 30 * u.pix)).shape == (12, 30)
    one = sc.CutoutSet.from_positions(image, SkyCoord([there]), size=(20 * pixel).to(u.deg))
    plain = sc.CutoutSet.from_positions(image, one.ra, one.dec, 20)
    np.testing.assert_array_equal(one.pixels(), plain.pixels())
    again = sc.SkyImage.from_array(
        image.read(), image.wcs, beam=image.beam.major * u.arcsec, frequency=1.4 * u.GHz
    )
    assert (again.beam.major, again.frequency) == (image.beam.major, 1.4e9)
    assert sc.simulate("emu", size=(64 * pixel, 96 * u.pix), workers=1).image.shape == (64, 96)
    scored = sc.evaluate(found, sky, radius=0.2 * u.arcmin, flux_limit=1 * u.mJy).scores
    same = sc.evaluate(found, sky, radius=12.0, flux_limit=0.001).scores
    assert scored.pformat(max_lines=-1) == same.pformat(max_lines=-1)


def test_a_detection_takes_a_beam_and_sides_with_units(sky, tmp_path):
    image, pixel = sky.image, sky.image.pixel_scale * u.arcsec
    wide = sc.detect(image, beam=0.5 * u.arcmin, box=64 * pixel, tile=128 * pixel, workers=1)
    same = sc.detect(image, beam=(30, 30, 0), box=64, tile=128, workers=1)
    assert wide.image.beam.major == 30.0
    assert (wide.sources["total_flux"] == same.sources["total_flux"]).all()
    assert sky.write(tmp_path / "sky") / "image.fits"
    read = sc.detect(tmp_path / "sky/image.fits", beam=30 * u.arcsec, workers=1)
    assert read.image.beam.major == 30.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda sky, _: sc.detect(sky.image, beam=3 * u.Jy), "beam: major is an angle"),
        (lambda sky, _: sc.detect(sky.image, box=3 * u.Jy), "box is an angle"),
        (lambda sky, _: sc.simulate(size=3 * u.Jy), "size is an angle"),
        (lambda sky, _: sc.simulate(size=(3, 4, 5)), "size is one side or"),
        (lambda sky, found: sc.evaluate(found, sky, radius=3 * u.Jy), "radius is an angle"),
        (lambda sky, found: sc.evaluate(found, sky, flux_limit=3 * u.m), "flux_limit is a flux"),
        (lambda sky, _: sky.image.cutout((1, 2), 3 * u.Jy), "size is an angle"),
        (lambda sky, _: sky.image.cutout((1, 2, 3), 3), "position is one SkyCoord"),
        (lambda sky, _: sky.image.sky_to_pixel(3.0), "dec is missing"),
        (
            lambda sky, found: sc.CutoutSet.from_catalogue(
                found.catalogue, sky.image, smallest=3 * u.Jy
            ),
            "smallest is an angle",
        ),
        (
            lambda sky, _: sc.SkyImage.from_array(
                np.zeros((9, 9)), sky.image.wcs, frequency=3 * u.m
            ),
            "frequency is a frequency",
        ),
    ],
)
def test_a_unit_of_something_else_is_refused_with_the_name_of_the_parameter(
    sky, found, call, sentence
):
    with pytest.raises(OptionError, match=sentence):
        call(sky, found)


def test_scores_of_results_in_memory(found, sky):
    scored = sc.evaluate(found, sky, snr_limit=7)
    value = scored.scores["value"][scored.scores["measure"] == "completeness"]
    assert 0.5 < value[0] <= 1.0


def test_cutouts_to_vectors_and_to_torch(sky):
    from torch.utils.data import DataLoader

    ra, dec = sky.image.pixel_to_sky([60, 100, 180], [80, 120, 60])
    cutouts = sc.CutoutSet.from_positions(sky.image, ra, dec, 2 * u.arcmin)
    vectors = sc.embed(cutouts)
    assert len(np.unique(vectors.vectors, axis=0)) == 3
    batch = next(iter(DataLoader(cutouts.to_torch(npix=32), batch_size=3)))
    assert tuple(batch.shape) == (3, 1, 32, 32)
    assert np.array_equal(batch[:, 0].numpy(), cutouts.pixels(npix=32), equal_nan=True)
    encoder = sc.load_encoder()
    assert np.array_equal(encoder(batch[:, 0]), encoder.features(cutouts.pixels(npix=32)))
    assert cutouts._repr_html_().count("<img") == 3


def test_an_encoder_in_memory_is_moved_to_the_device_that_is_named(sky):
    ra, dec = sky.image.pixel_to_sky([60.0], [80.0])
    cutouts, encoder = sc.CutoutSet.from_positions(sky.image, ra, dec, 32), sc.load_encoder()
    here = sc.embed(cutouts, weights=encoder, device="cpu")
    assert np.array_equal(here.vectors, sc.embed(cutouts, weights=encoder).vectors)
    with pytest.raises(OptionError, match=r"device 'cuda:99' is unavailable .* give device"):
        sc.embed(cutouts, weights=encoder, device="cuda:99")


@pytest.mark.parametrize(
    "where",
    [
        sc.load_encoder,
        sciarada.nn.trained.load_encoder,
        sciarada.nn.probes.settings.ProbeSettings,
        sciarada.nn.training.settings.PretrainSettings,
        sciarada.pipelines.embed.EmbedSettings,
    ],
)
def test_the_device_is_chosen_automatically_by_default(where):
    assert inspect.signature(where).parameters["device"].default == "auto"


def test_names_of_plugins():
    assert "islands" in sc.list_plugins("detector")
    assert {"islands", "simclr"} <= set(sc.list_plugins())


@pytest.mark.parametrize(
    ("verb", "options", "sentence"),
    [
        ("evaluate", {"radius": [3, 4] * u.arcsec}, "radius is one number or an angle"),
        ("detect", {"scales": (4 * u.arcsec,)}, "scales is a number of beams above 1"),
        ("detect", {"workers": 1.5}, "workers is a whole number, not 1.5"),
        ("detect", {"tile": 8}, "give tile 16 or more"),
    ],
)
def test_values_of_another_type_are_refused_by_name(write_image, verb, options, sentence):
    inputs = (write_image(),) if verb == "detect" else ("found", "truth")
    with pytest.raises(OptionError, match=sentence):
        getattr(sc, verb)(*inputs, **options)


def test_an_array_is_no_image(pixels):
    with pytest.raises(OptionError, match=r"SkyImage\.from_array"):
        sc.detect(pixels)


def test_the_next_run_removes_the_temporary_products_of_a_killed_program(tmp_path):
    code = (
        "import os, sciarada as sc; sky = sc.simulate(size=64, workers=1); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code], env=os.environ | {"TMPDIR": str(tmp_path)})
    assert ended.returncode == -9
    assert list(tmp_path.rglob("truth.fits"))
    remove_abandoned(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_python_shows_of_results_is_one_line(sky, found):
    scores = sc.evaluate(found, sky)
    cutouts = sc.CutoutSet.from_positions(
        sky.image, sky.truth.sources["ra"], sky.truth.sources["dec"], size=32
    )
    encoder = sc.load_encoder("simclr-32", device="cpu")
    vectors = sc.embed(cutouts, weights=encoder)
    here = f"folder {found.out}>"
    assert repr(found) == f"<DetectResult: {len(found)} sources in {sky.image.name!r}, {here}"
    assert repr(sky).startswith(f"<SimulateResult: {len(sky.truth)} sources in 'emu-1', folder ")
    assert repr(scores).startswith("<EvaluateResult: scores of SCIARADA, folder ")
    assert repr(sky.image) == "<SkyImage 'emu-1': 256 x 256 px of 2 arcsec, Jy / beam>"
    components = len(found.catalogue.components)
    assert (
        repr(found.catalogue) == f"<SourceCatalogue: {len(found)} sources, {components} components>"
    )
    assert repr(cutouts) == f"<CutoutSet: {len(cutouts)} cutouts>"
    assert repr(encoder) == "<TrainedEncoder 'simclr-32': 512 features of 32 px cutouts>"
    assert repr(vectors) == f"<Embeddings: {len(cutouts)} cutouts, 512 features>"
