"""The one catalogue schema: every column's name, type, unit, UCD and meaning.

Everything that writes, reads or shows a catalogue takes its columns from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntFlag

from sciarada.errors import CatalogueError

CLASS_PROBABILITY = re.compile(r"p_[A-Za-z0-9_]+")


class Flag(IntFlag):
    """Bits of the ``flags`` columns; a source without a bit set is clean."""

    EDGE = 1
    """Touches the edge of the image."""
    NEAR_NAN = 2
    """Touches blank pixels."""
    BLENDED = 4
    """Separated from a neighbour in the same island, or fitted together with one."""
    TILE_SEAM = 8
    """Put together from tiles in which the detector did not find the same."""
    NO_BEAM = 16
    """No beam is known: fluxes in Jy and deconvolved sizes are null."""
    BKG_FAIL = 32
    """Background or noise could not be estimated well here."""
    FIT_FAIL = 64
    """Fitted Gaussians do not describe it; values come from the mask's moments and sums."""
    ARTEFACT = 128
    """More likely an artefact of a bright source nearby than a source."""
    DIFFUSE = 256
    """Diffuse: too extended for Gaussians, none were tried; values come from its pixels."""
    BELOW_THRESHOLD = 512
    """As measured, ``snr`` is below the threshold at which a pixel of its island was detected."""


@dataclass(frozen=True)
class ColumnSpec:
    """One column of the catalogue.

    Parameters
    ----------
    name : str
        Name in every format.
    dtype : str
        ``float32``, ``float64``, ``int16``, ``int32``, ``int64`` or ``str``: text in any script,
        see `sciarada.tabular.escaping` for how files hold what is not ASCII.
    unit : str or None
        Unit in a spelling that FITS, VOUnits and astropy share.
    ucd : str
        IVOA UCD1+.
    description : str
        One line in ASCII.
    core : bool
        Present in every catalogue, null where it could not be measured.
    required : bool
        Never null.
    wide : bool
        Long text, held as ASCII bytes, which take a quarter of the memory. astropy gives
        single cells as ``str`` all the same.
    """

    name: str
    dtype: str
    unit: str | None
    ucd: str
    description: str
    core: bool = True
    required: bool = False
    wide: bool = False


def _by_name(*columns: ColumnSpec) -> dict[str, ColumnSpec]:
    return {column.name: column for column in columns}


_RADIO_FLUX = "phot.flux.density;em.radio"
_ICRS = "(ICRS)"

SOURCE_COLUMNS: dict[str, ColumnSpec] = _by_name(
    ColumnSpec(
        "source_name",
        "str",
        None,
        "meta.id;meta.main",
        "Name after the ICRS position, truncated",
        required=True,
    ),
    ColumnSpec(
        "source_id",
        "int32",
        None,
        "meta.id",
        "Number of the source: its label in the segmentation image",
        required=True,
    ),
    ColumnSpec("island_id", "int32", None, "meta.id.parent", "Number of the island it lies in"),
    ColumnSpec("n_components", "int32", None, "meta.number;src", "Number of Gaussian components"),
    ColumnSpec(
        "ra",
        "float64",
        "deg",
        "pos.eq.ra;meta.main",
        f"Right ascension of the flux-weighted centre {_ICRS}",
        required=True,
    ),
    ColumnSpec(
        "dec",
        "float64",
        "deg",
        "pos.eq.dec;meta.main",
        f"Declination of the flux-weighted centre {_ICRS}",
        required=True,
    ),
    ColumnSpec(
        "e_ra", "float32", "arcsec", "stat.error;pos.eq.ra", "Error of ra along the great circle"
    ),
    ColumnSpec("e_dec", "float32", "arcsec", "stat.error;pos.eq.dec", "Error of dec"),
    ColumnSpec(
        "ra_peak",
        "float64",
        "deg",
        "pos.eq.ra;stat.max",
        f"Right ascension of the brightest pixel {_ICRS}",
    ),
    ColumnSpec(
        "dec_peak",
        "float64",
        "deg",
        "pos.eq.dec;stat.max",
        f"Declination of the brightest pixel {_ICRS}",
    ),
    ColumnSpec("x", "float64", "pix", "pos.cartesian.x", "Centre along x, zero-based"),
    ColumnSpec("y", "float64", "pix", "pos.cartesian.y", "Centre along y, zero-based"),
    ColumnSpec(
        "x_min", "int32", "pix", "pos.cartesian.x;stat.min", "First pixel along x, zero-based"
    ),
    ColumnSpec(
        "x_max", "int32", "pix", "pos.cartesian.x;stat.max", "Last pixel along x, zero-based"
    ),
    ColumnSpec(
        "y_min", "int32", "pix", "pos.cartesian.y;stat.min", "First pixel along y, zero-based"
    ),
    ColumnSpec(
        "y_max", "int32", "pix", "pos.cartesian.y;stat.max", "Last pixel along y, zero-based"
    ),
    ColumnSpec(
        "peak_flux",
        "float32",
        "Jy/beam",
        "phot.flux.density;stat.max;em.radio",
        "Peak surface brightness",
    ),
    ColumnSpec(
        "e_peak_flux",
        "float32",
        "Jy/beam",
        "stat.error;phot.flux.density;stat.max;em.radio",
        "Error of peak_flux",
    ),
    ColumnSpec(
        "total_flux",
        "float32",
        "Jy",
        _RADIO_FLUX,
        "Flux density, best estimate: the fitted components, or the mask sum where none fits",
    ),
    ColumnSpec("e_total_flux", "float32", "Jy", f"stat.error;{_RADIO_FLUX}", "Error of total_flux"),
    ColumnSpec(
        "mask_flux",
        "float32",
        "Jy",
        _RADIO_FLUX,
        "Flux density summed over the mask, divided by the beam area",
    ),
    ColumnSpec("e_mask_flux", "float32", "Jy", f"stat.error;{_RADIO_FLUX}", "Error of mask_flux"),
    ColumnSpec(
        "local_rms", "float32", "Jy/beam", "instr.det.noise;em.radio", "Noise at the source"
    ),
    ColumnSpec(
        "local_bkg", "float32", "Jy/beam", "instr.skyLevel;em.radio", "Background at the source"
    ),
    ColumnSpec("snr", "float32", None, "stat.snr", "Peak signal to noise, peak_flux / local_rms"),
    ColumnSpec(
        "maj_axis", "float32", "arcsec", "phys.angSize.smajAxis;stat.fwhm", "FWHM of the major axis"
    ),
    ColumnSpec(
        "e_maj_axis",
        "float32",
        "arcsec",
        "stat.error;phys.angSize.smajAxis;stat.fwhm",
        "Error of maj_axis",
    ),
    ColumnSpec(
        "min_axis", "float32", "arcsec", "phys.angSize.sminAxis;stat.fwhm", "FWHM of the minor axis"
    ),
    ColumnSpec(
        "e_min_axis",
        "float32",
        "arcsec",
        "stat.error;phys.angSize.sminAxis;stat.fwhm",
        "Error of min_axis",
    ),
    ColumnSpec(
        "pos_ang",
        "float32",
        "deg",
        "pos.posAng",
        "Position angle of the major axis, north through east, 0 to 180",
    ),
    ColumnSpec("e_pos_ang", "float32", "deg", "stat.error;pos.posAng", "Error of pos_ang"),
    ColumnSpec(
        "dc_maj_axis",
        "float32",
        "arcsec",
        "phys.angSize.smajAxis;stat.fwhm;meta.modelled",
        "FWHM of the major axis after deconvolution from the beam, null if unresolved",
    ),
    ColumnSpec(
        "dc_min_axis",
        "float32",
        "arcsec",
        "phys.angSize.sminAxis;stat.fwhm;meta.modelled",
        "FWHM of the minor axis after deconvolution from the beam, null if unresolved",
    ),
    ColumnSpec(
        "dc_pos_ang",
        "float32",
        "deg",
        "pos.posAng;meta.modelled",
        "Position angle after deconvolution from the beam, null if unresolved",
    ),
    ColumnSpec("las", "float32", "arcsec", "phys.angSize", "Largest angular size of the mask"),
    ColumnSpec("n_pix", "int32", None, "meta.number;instr.pixel", "Number of pixels in the mask"),
    ColumnSpec("area", "float32", "arcsec2", "phys.angArea", "Solid angle of the mask"),
    ColumnSpec(
        "n_beams", "float32", None, "meta.number;instr.beam", "Solid angle of the mask in beams"
    ),
    ColumnSpec(
        "beam_maj",
        "float32",
        "arcsec",
        "phys.angSize.smajAxis;instr.beam",
        "FWHM of the beam's major axis",
    ),
    ColumnSpec(
        "beam_min",
        "float32",
        "arcsec",
        "phys.angSize.sminAxis;instr.beam",
        "FWHM of the beam's minor axis",
    ),
    ColumnSpec(
        "beam_pa",
        "float32",
        "deg",
        "pos.posAng;instr.beam",
        "Position angle of the beam, north through east",
    ),
    ColumnSpec("freq", "float64", "Hz", "em.freq", "Frequency of the image"),
    ColumnSpec(
        "s_region",
        "str",
        None,
        "pos.outline",
        "Outline of the mask as an STC-S polygon (ICRS, deg)",
        wide=True,
    ),
    ColumnSpec(
        "det_score",
        "float32",
        None,
        "stat.confidenceLevel",
        "Confidence of the detector, 0 to 1",
        core=False,
    ),
    ColumnSpec("det_class", "str", None, "src.class", "Class given by the detector", core=False),
    ColumnSpec(
        "class_name",
        "str",
        None,
        "src.class",
        "Most probable class, given by a classifier",
        core=False,
    ),
    ColumnSpec(
        "class_prob",
        "float32",
        None,
        "stat.probability;src.class",
        "Probability of class_name",
        core=False,
    ),
    ColumnSpec(
        "morphology",
        "str",
        None,
        "src.morph",
        "True form: what drew the source, artefact for none",
        core=False,
    ),
    ColumnSpec(
        "rgz_class",
        "str",
        None,
        "src.class;src.morph",
        "Components and peaks as in Radio Galaxy Zoo, such as 2C-3P",
        core=False,
    ),
    ColumnSpec(
        "n_islands",
        "int32",
        None,
        "meta.number;src.morph",
        "Number of connected regions above four times the noise",
        core=False,
    ),
    ColumnSpec(
        "n_peaks",
        "int32",
        None,
        "meta.number;stat.max",
        "Number of peaks in these regions that stand out of the noise",
        core=False,
    ),
    ColumnSpec(
        "fr_class",
        "str",
        None,
        "src.class;src.morph",
        "Class of Fanaroff and Riley: FRI, FRII or hybrid",
        core=False,
    ),
    ColumnSpec(
        "structure_class",
        "str",
        None,
        "src.class;src.morph",
        "Structure among the twelve classes of Baron Perez et al. (2025)",
        core=False,
    ),
    ColumnSpec(
        "anomaly_score",
        "float32",
        None,
        "stat.value",
        "How unusual the source is; higher is stranger",
        core=False,
    ),
    ColumnSpec(
        "anomaly_rank",
        "int32",
        None,
        "stat.rank",
        "Rank by anomaly_score, 1 is the strangest",
        core=False,
    ),
    ColumnSpec(
        "cluster_id",
        "int32",
        None,
        "meta.id.assoc",
        "Group of look-alikes it belongs to; null for none",
        core=False,
    ),
    ColumnSpec(
        "embedding_id",
        "int64",
        None,
        "meta.id.cross",
        "Row of the source in the embeddings",
        core=False,
    ),
    ColumnSpec(
        "human_label", "str", None, "src.class;meta.main", "Class given by a person", core=False
    ),
    ColumnSpec(
        "flags",
        "int32",
        None,
        "meta.code",
        "Sum of bits: " + ", ".join(f"{flag.name} {flag.value}" for flag in Flag),
    ),
    ColumnSpec(
        "quality",
        "int16",
        None,
        "meta.code.qual",
        "1 to be trusted, 0 doubtful, null if not judged",
        core=False,
    ),
    ColumnSpec("finder", "str", None, "meta.title;meta.software", "Detector used", core=False),
    ColumnSpec(
        "model_id",
        "str",
        None,
        "meta.version;meta.software",
        "Model used: name@version+sha256",
        core=False,
    ),
    ColumnSpec(
        "image_id", "str", None, "meta.id;obs.image", "Image the source was found in", core=False
    ),
    ColumnSpec(
        "tile_id", "str", None, "meta.id;obs.field", "Tile the source was found in", core=False
    ),
)
"""Columns of the sources, in the order in which they are written."""

COMPONENT_COLUMNS: dict[str, ColumnSpec] = _by_name(
    ColumnSpec(
        "component_id",
        "int32",
        None,
        "meta.id;meta.main",
        "Number of the Gaussian component",
        required=True,
    ),
    ColumnSpec(
        "source_id",
        "int32",
        None,
        "meta.id.parent",
        "Source the component belongs to",
        required=True,
    ),
    ColumnSpec("island_id", "int32", None, "meta.id.parent", "Number of the island it lies in"),
    ColumnSpec(
        "ra",
        "float64",
        "deg",
        "pos.eq.ra;meta.main",
        f"Right ascension of the fitted centre {_ICRS}",
        required=True,
    ),
    ColumnSpec(
        "dec",
        "float64",
        "deg",
        "pos.eq.dec;meta.main",
        f"Declination of the fitted centre {_ICRS}",
        required=True,
    ),
    *(
        SOURCE_COLUMNS[name]
        for name in (
            "e_ra",
            "e_dec",
            "x",
            "y",
            "peak_flux",
            "e_peak_flux",
        )
    ),
    ColumnSpec("total_flux", "float32", "Jy", _RADIO_FLUX, "Flux density of the Gaussian"),
    *(
        SOURCE_COLUMNS[name]
        for name in (
            "e_total_flux",
            "maj_axis",
            "e_maj_axis",
            "min_axis",
            "e_min_axis",
            "pos_ang",
            "e_pos_ang",
            "dc_maj_axis",
            "dc_min_axis",
            "dc_pos_ang",
            "local_rms",
            "flags",
        )
    ),
)
"""Columns of the Gaussian components, in the order in which they are written."""


def class_probability_column(name: str) -> ColumnSpec:
    """Return the column that holds the probability of one class, such as ``p_fri``."""
    return ColumnSpec(
        name,
        "float32",
        None,
        "stat.probability;src.class",
        f"Probability of class {name.removeprefix('p_')}",
        core=False,
    )


def source_column(name: str) -> ColumnSpec:
    """Return the specification of a column of the sources.

    Raises
    ------
    CatalogueError
        If there is no such column.
    """
    spec = find_source_column(name)
    if spec is None:
        raise CatalogueError(f"catalogues have no column {name!r}")
    return spec


def find_source_column(name: str) -> ColumnSpec | None:
    """Return the specification of a column of the sources, or None if there is none."""
    if name in SOURCE_COLUMNS:
        return SOURCE_COLUMNS[name]
    return class_probability_column(name) if CLASS_PROBABILITY.fullmatch(name) else None
