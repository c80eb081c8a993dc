"""Columns, units and null values of the catalogues of other source finders."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Theirs:
    """A column of a finder.

    Parameters
    ----------
    name : str
        What the finder calls it.
    unit : str or None
        The unit that it writes in; one that the file names comes before it.
    positive : bool
        Zero and negative values mean that there is no value.
    """

    name: str
    unit: str | None = None
    positive: bool = False


@dataclass(frozen=True)
class Dialect:
    """The catalogues of one finder.

    Parameters
    ----------
    finder : str
        Its name.
    marks : frozenset of str
        Columns which together only this finder has, in lower case.
    columns : dict of str to Theirs
        Our column to theirs; all that are there are read.
    refused : str
        Why catalogues with these marks are not read; empty where they are.
    """

    finder: str
    marks: frozenset[str]
    columns: dict[str, Theirs] = field(default_factory=dict)
    refused: str = ""


def _marks(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PYBDSF = {
    "ra": Theirs("RA", "deg"),
    "dec": Theirs("DEC", "deg"),
    "e_ra": Theirs("E_RA", "deg", positive=True),
    "e_dec": Theirs("E_DEC", "deg", positive=True),
    "peak_flux": Theirs("Peak_flux", "Jy/beam"),
    "e_peak_flux": Theirs("E_Peak_flux", "Jy/beam", positive=True),
    "total_flux": Theirs("Total_flux", "Jy"),
    "e_total_flux": Theirs("E_Total_flux", "Jy", positive=True),
    "local_rms": Theirs("Isl_rms", "Jy/beam", positive=True),
    "local_bkg": Theirs("Isl_mean", "Jy/beam"),
    "maj_axis": Theirs("Maj", "deg", positive=True),
    "e_maj_axis": Theirs("E_Maj", "deg", positive=True),
    "min_axis": Theirs("Min", "deg", positive=True),
    "e_min_axis": Theirs("E_Min", "deg", positive=True),
    "pos_ang": Theirs("PA", "deg"),
    "e_pos_ang": Theirs("E_PA", "deg", positive=True),
    "dc_maj_axis": Theirs("DC_Maj", "deg", positive=True),
    "dc_min_axis": Theirs("DC_Min", "deg", positive=True),
}

_AEGEAN = {
    "ra": Theirs("ra", "deg"),
    "dec": Theirs("dec", "deg"),
    "e_ra": Theirs("err_ra", "deg", positive=True),
    "e_dec": Theirs("err_dec", "deg", positive=True),
    "peak_flux": Theirs("peak_flux", "Jy/beam"),
    "e_peak_flux": Theirs("err_peak_flux", "Jy/beam", positive=True),
    "total_flux": Theirs("int_flux", "Jy"),
    "e_total_flux": Theirs("err_int_flux", "Jy", positive=True),
    "local_rms": Theirs("local_rms", "Jy/beam", positive=True),
    "local_bkg": Theirs("background", "Jy/beam"),
    "maj_axis": Theirs("a", "arcsec", positive=True),
    "e_maj_axis": Theirs("err_a", "arcsec", positive=True),
    "min_axis": Theirs("b", "arcsec", positive=True),
    "e_min_axis": Theirs("err_b", "arcsec", positive=True),
    "pos_ang": Theirs("pa", "deg"),
    "e_pos_ang": Theirs("err_pa", "deg", positive=True),
    "beam_maj": Theirs("psf_a", "arcsec", positive=True),
    "beam_min": Theirs("psf_b", "arcsec", positive=True),
    "beam_pa": Theirs("psf_pa", "deg"),
}

_SELAVY = {
    "ra": Theirs("ra_deg_cont", "deg"),
    "dec": Theirs("dec_deg_cont", "deg"),
    "e_ra": Theirs("ra_err", "arcsec", positive=True),
    "e_dec": Theirs("dec_err", "arcsec", positive=True),
    "peak_flux": Theirs("flux_peak", "mJy/beam"),
    "e_peak_flux": Theirs("flux_peak_err", "mJy/beam", positive=True),
    "total_flux": Theirs("flux_int", "mJy"),
    "e_total_flux": Theirs("flux_int_err", "mJy", positive=True),
    "local_rms": Theirs("rms_image", "mJy/beam", positive=True),
    "maj_axis": Theirs("maj_axis", "arcsec", positive=True),
    "e_maj_axis": Theirs("maj_axis_err", "arcsec", positive=True),
    "min_axis": Theirs("min_axis", "arcsec", positive=True),
    "e_min_axis": Theirs("min_axis_err", "arcsec", positive=True),
    "pos_ang": Theirs("pos_ang", "deg"),
    "e_pos_ang": Theirs("pos_ang_err", "deg", positive=True),
    "dc_maj_axis": Theirs("maj_axis_deconv", "arcsec", positive=True),
    "dc_min_axis": Theirs("min_axis_deconv", "arcsec", positive=True),
    "freq": Theirs("freq", "MHz", positive=True),
}

DIALECTS = (
    Dialect("PyBDSF", _marks("isl_id ra dec total_flux peak_flux isl_rms"), _PYBDSF),
    Dialect("Aegean", _marks("island source ra dec peak_flux int_flux a b local_rms"), _AEGEAN),
    Dialect(
        "Aegean",
        _marks("island components ra dec x_width y_width eta"),
        refused="it lists islands: give the file of components, which ends in _comp",
    ),
    Dialect("Selavy", _marks("component_id ra_deg_cont dec_deg_cont flux_peak flux_int"), _SELAVY),
    Dialect(
        "Selavy",
        _marks("island_id n_components ra_deg_cont dec_deg_cont"),
        refused="it lists islands: give the catalogue of components",
    ),
)
"""All that are known; the marks say which one a file is in."""
