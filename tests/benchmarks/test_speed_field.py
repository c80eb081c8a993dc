"""The field that finders are timed on."""

from astropy.io import fits

from benchmarks.speed_field import write_benchmark_field


def test_it_has_as_many_sources_as_its_area_asks_for(tmp_path):
    image, truth = tmp_path / "b.fits", tmp_path / "truth.fits"
    write_benchmark_field(image, truth, size=512, seed=1)
    with fits.open(truth) as hdus:
        assert len(hdus["SOURCES"].data) == round(125 * 512**2 / 1e6)
    write_benchmark_field(image, truth, size=512, seed=1, sources_per_megapixel=50.0)
    with fits.open(truth) as hdus:
        assert len(hdus["SOURCES"].data) == 13
    assert fits.getdata(image).shape == (512, 512)
