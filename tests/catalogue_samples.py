"""Catalogues made up for the tests, and what it means for two of them to be the same."""

import numpy as np
from astropy.wcs import WCS

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.schema import COMPONENT_COLUMNS, SOURCE_COLUMNS

PIXEL = 2.0  # arcsec
SHAPE = (600, 640)
CENTRE = (187.5, -45.25)
CLASSES = ("compact", "extended", "artefact")

META = {
    "image_id": "field 7",
    "sha256": "0123456789abcdef" * 4,
    "configuration": {"detect": {"peak": 5.0, "grow": 3.0, "scales": [1, 2, 4]}, "beam": None},
    "versions": {"sciarada": "0.1", "islands": "it's & its \"quotes\"''"},
    "beam": {"major": 15.25, "minor": 12.5, "pa": 30.0},
    "frequency": 9.435e8,
    "resumed": False,
    "note": "5 \N{MICRO SIGN}Jy, \N{ANGSTROM SIGN}",
}


def field_wcs(rotation: float = 0.0, parity: int = 1) -> WCS:
    """Return the WCS of the field, turned by degrees; parity -1 mirrors it."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crval = CENTRE
    wcs.wcs.crpix = [SHAPE[1] / 2 + 0.5, SHAPE[0] / 2 + 0.5]
    turn = np.radians(rotation)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    wcs.wcs.cd = turned @ np.diag([-parity, 1.0]) * PIXEL / 3600.0
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.radesys = "ICRS"
    return wcs


def realistic_catalogue(count: int = 60, seed: int = 1) -> SourceCatalogue:
    """Return a catalogue such as a run of ``detect`` makes, with nulls here and there."""
    random = np.random.default_rng(seed)
    wcs = field_wcs()
    x, y = (random.uniform(40, size - 40, count) for size in reversed(SHAPE))
    ra, dec = wcs.pixel_to_world_values(x, y)
    sources = _columns(SOURCE_COLUMNS, count, random)
    radius = random.uniform(3.0, 12.0, count)
    sources |= {
        "source_id": np.arange(1, count + 1),
        "x": x,
        "y": y,
        "ra": ra,
        "dec": dec,
        "s_region": [_outline(wcs, *disc) for disc in zip(x, y, radius, strict=True)],
        "class_name": random.choice(CLASSES, count),
        "p_compact": random.random(count).astype(np.float32),
        "finder": np.full(count, "islands"),
        "model_id": np.full(count, "none"),
        "human_label": np.where(np.arange(count) % 3 == 0, "odd, very", ""),
        "image_id": np.full(count, "field 7"),
        "tile_id": np.full(count, "r000c001"),
        "quality": np.where(np.arange(count) % 4 == 0, np.nan, np.arange(count) % 2),
    }
    owners = np.sort(random.integers(1, count + 1, count + 10))
    components = _columns(COMPONENT_COLUMNS, len(owners), random)
    major = random.uniform(12.0, 40.0, len(owners))
    components |= {
        "component_id": np.arange(1, len(owners) + 1),
        "source_id": owners,
        "ra": ra[owners - 1],
        "dec": dec[owners - 1],
        "maj_axis": major,
        "min_axis": major * random.uniform(0.4, 0.9, len(owners)),
        "pos_ang": random.uniform(0.0, 180.0, len(owners)),
    }
    return SourceCatalogue.from_columns(sources, components, META)


def _columns(specs, count, random):
    """Return plausible numbers for every numeric column, a tenth of them null."""
    columns = {}
    for spec in specs.values():
        if spec.dtype == "str":
            continue
        values = random.exponential(0.01, count)
        if spec.dtype.startswith("int"):
            values = random.integers(0, 200, count).astype(float)
        if not spec.required:
            values[random.random(count) < 0.1] = np.nan
        columns[spec.name] = values
    return columns


def _outline(wcs, x, y, radius):
    angle = np.linspace(0.0, 2.0 * np.pi, 13)[:-1]
    ra, dec = wcs.pixel_to_world_values(x + radius * np.cos(angle), y + radius * np.sin(angle))
    return "POLYGON ICRS " + " ".join(f"{a:.7f} {d:.7f}" for a, d in zip(ra, dec, strict=True))


def assert_same(found: SourceCatalogue, expected: SourceCatalogue) -> None:
    """Fail unless two catalogues hold the same to the last bit."""
    assert found.meta == expected.meta
    for kind in ("sources", "components"):
        one, other = getattr(found, kind), getattr(expected, kind)
        assert one.colnames == other.colnames
        for name in other.colnames:
            a, b = one[name], other[name]
            assert a.dtype == b.dtype, name
            assert (a.unit, a.description, a.meta) == (b.unit, b.description, b.meta)
            np.testing.assert_array_equal(a.mask, b.mask, err_msg=name)
            np.testing.assert_array_equal(a.data.data, b.data.data, err_msg=name)
