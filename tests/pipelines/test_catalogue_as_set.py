"""The catalogue of a run, wherever a SET is asked for."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from sciarada.core.catalogue import SourceCatalogue
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.reading import read_set
from sciarada.errors import CatalogueError, CutoutError
from sciarada.geometry.beam import Beam
from sciarada.io.embeddings import read_embeddings
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue, write_catalogue
from sciarada.pipelines.embed import run_embed

TABLES = ("catalogue.fits", "catalogue.vot", "catalogue.ecsv", "catalogue.parquet")


@pytest.mark.parametrize("name", ["", *TABLES])
def test_each_source_is_a_cutout_twice_as_wide(finished, field_path, name):
    made = read_set(finished.out / name)
    sources = read_catalogue(finished.out / "catalogue.fits").sources
    assert made.ids.tolist() == sources["source_name"].tolist()
    image = read_image(field_path)
    expected = np.maximum(2 * np.asarray(sources["las"], float), 32 * image.pixel_scale)
    np.testing.assert_allclose(made.size, expected, rtol=1e-5)
    # The brightest pixel of the brightest source lies in its cutout, away from the border.
    row = int(np.argmax(sources["peak_flux"]))
    pixels = made.pixels([row], 32)[0]
    assert np.unravel_index(np.nanargmax(pixels), pixels.shape) == pytest.approx((16, 16), abs=4)


def test_embeddings_bear_the_names_of_the_sources(finished, tmp_path):
    run_embed([finished.out], tmp_path / "vectors.fits")
    made = read_embeddings(tmp_path / "vectors.fits")
    sources = read_catalogue(finished.out / "catalogue.fits").sources
    assert made.ids.tolist() == sources["source_name"].tolist()
    assert np.isfinite(made.vectors).all()
    assert np.ptp(made.vectors, axis=0).max() > 0.1


def test_features_join_the_catalogue_both_ways(finished, tmp_path):
    run_embed([finished.out], tmp_path / "vectors.fits")
    made = read_embeddings(tmp_path / "vectors.fits")
    catalogue = read_catalogue(finished.out / "catalogue.fits")
    sources = catalogue.sources
    assert made.facts["source_name"].tolist() == sources["source_name"].tolist()
    np.testing.assert_allclose(made.facts["ra"], sources["ra"], atol=1e-9)
    assert np.isfinite([made.facts["map_x"], made.facts["map_y"]]).all()
    shuffled = catalogue.select(np.random.default_rng(1).permutation(len(sources)))
    table = made.to_table()
    joined = shuffled.join(table, on="source_name", columns=["embedding_id"])
    rows = np.asarray(joined.sources["embedding_id"])
    assert made.ids[rows].tolist() == joined.sources["source_name"].tolist()
    table["ra"] += 1
    again = joined.join(table, on="embedding_id", columns=["ra"])
    np.testing.assert_allclose(again.sources["ra"], joined.sources["ra"] + 1, atol=1e-9)


def moved(finished, image: Path, path: Path) -> Path:
    """Write the catalogue to another place; it names a file elsewhere."""
    made = read_catalogue(finished.out / "catalogue.fits")
    known = {"image": f"away/{image.name}", "sha256": read_image(image).sha256()}
    path.parent.mkdir()
    write_catalogue(made.with_meta(inputs=[known]), path)
    return path


@pytest.mark.parametrize("place", [".", "run", "away", "run/away"])
def test_image_is_found_near_the_catalogue(finished, field_path, tmp_path, place):
    path = moved(finished, field_path, tmp_path / "run" / "catalogue.fits")
    (tmp_path / place).mkdir(exist_ok=True)
    image = Path(shutil.copy(field_path, tmp_path / place))
    assert (
        read_set(path).data_hash()
        == CutoutSet.from_catalogue(read_catalogue(path), read_image(image)).data_hash()
    )


def test_beam_of_the_measurement_stands_in_for_one_that_the_header_lacks(
    finished, field_path, tmp_path
):
    image = Path(shutil.copy(field_path, tmp_path))
    with fits.open(image, mode="update") as hdus:
        for key in ("BMAJ", "BMIN", "BPA"):
            del hdus[0].header[key]
    path = moved(finished, image, tmp_path / "run" / "catalogue.fits")
    known = read_catalogue(path).meta["image"]["beam"]
    beam = Beam(known["maj_arcsec"], known["min_arcsec"], known["pa_deg"])
    np.testing.assert_allclose(read_set(path).beam_major, beam.major)


def test_another_image_of_the_same_name_is_passed_over(finished, field_path, tmp_path):
    image = Path(shutil.copy(field_path, tmp_path))
    path = moved(finished, image, tmp_path / "run" / "catalogue.fits")
    other = tmp_path / "run" / image.name
    with fits.open(image) as hdus:
        hdus[0].data[0, 0] += 1
        hdus.writeto(other)
    assert read_set(path).images[0].path == image
    image.unlink()
    with pytest.raises(CutoutError, match="is another file than the image") as caught:
        read_set(path)
    assert str(other) in str(caught.value)


def without(catalogue: SourceCatalogue, fault: str) -> SourceCatalogue:
    """Return the catalogue with something amiss."""
    match fault:
        case "inputs":
            return catalogue.with_meta(inputs=[])
        case "image":
            return catalogue.with_meta(inputs=[{"image": "gone.fits", "sha256": ""}])
        case "las":
            sources = catalogue.sources.copy()
            sources["las"].mask[0] = True
            return SourceCatalogue(sources, catalogue.components, catalogue.meta)
    return catalogue.select(np.zeros(len(catalogue.sources), bool))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("inputs", "does not say which image it was made from"),
        ("image", "its image gone.fits is neither there nor near it"),
        ("las", "1 source(s) have no las"),
        ("sources", "has no sources"),
    ],
)
def test_catalogue_that_cannot_be_cut_out_says_why(finished, tmp_path, fault, said):
    path = tmp_path / "some.fits"
    made = read_catalogue(finished.out / "catalogue.fits")
    write_catalogue(without(made, fault), path)
    with pytest.raises(CutoutError) as caught:
        read_set(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert fault == "sources" or f"--sampler centred --catalogue {path}" in str(caught.value)


@pytest.mark.parametrize("name", TABLES)
def test_damaged_catalogue_is_refused(finished, tmp_path, name):
    path = tmp_path / name
    path.write_bytes((finished.out / name).read_bytes()[:5000])
    with pytest.raises(CatalogueError, match=name):
        read_set(path)
