"""Morphologies of radio sources for simulated skies."""

from __future__ import annotations

from sciarada.hooks.hookspecs import hookimpl
from sciarada.hooks.specs import SimulatorSpec

_SHAPES = "sciarada_morphologies.shapes"


@hookimpl
def sciarada_simulators() -> list[SimulatorSpec]:
    """Offer the morphologies."""
    return [
        SimulatorSpec(name="point", summary="Unresolved source", factory=f"{_SHAPES}:Point"),
        SimulatorSpec(
            name="gaussian",
            summary="One elliptical Gaussian",
            factory=f"{_SHAPES}:Gaussian",
            structure="cp_ellipse",
        ),
        SimulatorSpec(
            name="fr2",
            summary="Edge-brightened double: hot spots, lobes, core",
            factory=f"{_SHAPES}:FanaroffRiley2",
            fr_class="FRII",
            structure="edge_bright",
        ),
        SimulatorSpec(
            name="head_tail",
            summary="Bright head and a tail that widens and fades",
            factory=f"{_SHAPES}:HeadTail",
            fr_class="FRI",
            structure="head_tail",
        ),
        SimulatorSpec(
            name="snr_shell",
            summary="Limb-brightened shell of a supernova remnant",
            factory=f"{_SHAPES}:Shell",
            structure="circular_diffuse",
        ),
        SimulatorSpec(
            name="halo",
            summary="Diffuse radio halo of a galaxy cluster",
            factory=f"{_SHAPES}:Halo",
            structure="circular_diffuse",
        ),
    ]
