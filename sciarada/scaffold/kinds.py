"""The kinds of plugins that there is a template for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """The template of one kind of plugin.

    Parameters
    ----------
    name : str
        The kind, as ``sciarada plugins`` lists it, and the folder of its template.
    module : str
        Name of the module that does the work.
    summary : str
        What the plugin does, in one line.
    requires : tuple of str
        Distributions that the plugin imports besides SCIARADA.
    usage : str
        A command that uses the plugin; ``{name}`` stands for its name. Empty if there is none.
    """

    name: str
    module: str
    summary: str
    requires: tuple[str, ...]
    usage: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "detector",
            "detector",
            "Local maxima above the noise, each with the pixels around it",
            ("numpy", "scipy"),
            "sciarada detect image.fits --detector {name} --option level=6",
        ),
        Kind(
            "encoder",
            "encoder",
            "Histograms of gradients, compressed by a trained layer",
            ("torch",),
            "sciarada pretrain set.fits --encoder {name} --out run",
        ),
        Kind(
            "augmentation",
            "augmentation",
            "Stripes of a bad baseline, in any direction",
            ("torch",),
            "sciarada pretrain set.fits --view {name} --out run",
        ),
        Kind(
            "classifier",
            "classifier",
            "Nearest class centre, with probabilities",
            ("numpy",),
        ),
        Kind("anomaly", "anomaly", "Distance to the k-th nearest neighbour", ("numpy",)),
        Kind("clusterer", "clusterer", "k-means, begun with k-means++", ("numpy",)),
        Kind("index", "index", "Nearest neighbours by comparing all rows", ("numpy",)),
        Kind(
            "reader",
            "reader",
            "Tables with columns separated by a vertical bar",
            ("astropy",),
            "sciarada evaluate catalogue.{name} --truth truth.fits",
        ),
        Kind(
            "writer",
            "writer",
            "Catalogues with columns separated by a vertical bar",
            ("numpy",),
            "sciarada detect image.fits --writer {name}",
        ),
        Kind(
            "morphology",
            "morphology",
            "Elliptical ring, such as an inclined shell or disc",
            ("numpy",),
            "sciarada simulate sky --survey survey.toml  # a file that names {name}",
        ),
        Kind(
            "command",
            "command",
            "Count the sources of a catalogue by flux density.",
            ("click", "numpy"),
            "sciarada {name} image_sciarada/catalogue.fits",
        ),
    )
}
