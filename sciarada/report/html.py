"""report.html: one self-contained page about a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.report import histogram
from sciarada.report.cards import make_galleries
from sciarada.report.facts import (
    configuration_text,
    flag_counts,
    headline,
    run_facts,
    timing_bars,
)
from sciarada.report.files import product_files
from sciarada.report.outlines import Kinds, column, kinds_of
from sciarada.report.page_text import write_html
from sciarada.report.thumbnails import data_uri
from sciarada.report.units import Scale, flux_scale, group_thousands


def write_report(out: Path, catalogue: SourceCatalogue, image: SkyImage, run: dict) -> Path:
    """Write ``report.html`` into the folder of the products.

    The page loads nothing: pictures and style are inside it. It shows ``preview.png`` if the
    folder has it and lists the products that are there, so it is written after them.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder of the products.
    catalogue : SourceCatalogue
        The sources; galleries by class where it has classes, of the strangest where it
        has ``anomaly_score``.
    image : SkyImage
        Where the small pictures are cut from.
    run : dict
        What ``run.json`` will hold; keys that are missing are omitted from the page.

    Returns
    -------
    `~pathlib.Path`
        The page.
    """
    path = Path(out) / "report.html"
    write_html(path, _render(Path(out), catalogue, image, run))
    return path


def _render(out: Path, catalogue: SourceCatalogue, image: SkyImage, run: dict[str, Any]) -> str:
    kinds = kinds_of(catalogue)
    preview = out / "preview.png"
    source = image.path.resolve() if image.path is not None else Path(f"{image.name}.fits")
    templates = Environment(
        loader=PackageLoader("sciarada.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("report.html.j2").render(
        name=image.name,
        created=run.get("created", ""),
        headline=headline(catalogue, image, run),
        preview=data_uri(preview.read_bytes()) if preview.exists() else None,
        preview_text=_preview_text(image, kinds),
        kinds=list(
            zip(kinds.names, kinds.colours, map(group_thousands, kinds.counts), strict=True)
        ),
        galleries=make_galleries(catalogue, image, kinds),
        histograms=_histograms(catalogue),
        drawing=histogram,
        flags=flag_counts(catalogue),
        files=product_files(out, str(source)),
        facts=run_facts(run),
        timings=timing_bars(run),
        configuration=configuration_text(run),
        warnings=[str(warning) for warning in run.get("warnings", [])],
    )


def _preview_text(image: SkyImage, kinds: Kinds) -> str:
    """Return the alternative text of the preview."""
    pairs = zip(kinds.counts, kinds.names, strict=True)
    found = ", ".join(f"{group_thousands(count)} {name}" for count, name in pairs)
    return f"Image {image.name} with the outlines of the sources: {found or 'none found'}."


def _histograms(catalogue: SourceCatalogue) -> list[histogram.Histogram]:
    """Return the histograms for which there are enough values."""
    flux = column(catalogue, "total_flux")
    positive = flux[flux > 0]
    typical = float(10 ** np.log10(positive).mean()) if positive.size else 0.0
    made = (
        histogram.log_histogram(
            "Total flux",
            "Total flux",
            flux,
            flux_scale(typical, "Jy"),
            lambda value: flux_scale(value, "Jy").write(value),
        ),
        histogram.log_histogram(
            "Signal to noise", "Peak signal to noise", column(catalogue, "snr"), Scale(1.0, "")
        ),
        histogram.log_histogram(
            "Size", "Largest angular size", column(catalogue, "las"), Scale(1.0, "arcsec")
        ),
    )
    return [one for one in made if one is not None]
