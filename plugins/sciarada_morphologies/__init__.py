"""Morphologies of radio sources for simulated skies."""

from __future__ import annotations

from sciarada.hooks import SimulatorSpec, hookimpl
from sciarada_morphologies import options


@hookimpl
def sciarada_simulators() -> list[SimulatorSpec]:
    """Offer the morphologies."""
    return [
        SimulatorSpec(
            name="point",
            summary="Unresolved source",
            factory="sciarada_morphologies.plain:Point",
        ),
        SimulatorSpec(
            name="gaussian",
            summary="One elliptical Gaussian",
            factory="sciarada_morphologies.plain:Gaussian",
            options=options.GaussianOptions,
            structure="cp_ellipse",
        ),
        SimulatorSpec(
            name="star_forming_disc",
            summary="Exponential disc of a star-forming galaxy, inclined at random",
            factory="sciarada_morphologies.plain:StarFormingDisc",
            options=options.DiscOptions,
            structure="cp_ellipse",
        ),
        SimulatorSpec(
            name="spiral_arcs",
            summary="Spiral galaxy: disc, nucleus and two arms",
            factory="sciarada_morphologies.plain:SpiralGalaxy",
            structure="circular_diffuse",
        ),
        SimulatorSpec(
            name="fr1",
            summary="FR I radio galaxy: two plumes, brightest near the core",
            factory="sciarada_morphologies.radio_galaxies:FanaroffRiley1",
            options=options.PlumeOptions,
            fr_class="FRI",
            structure="centre_bright",
        ),
        SimulatorSpec(
            name="fr2",
            summary="FR II radio galaxy: hot spots, lobes, bridge and core",
            factory="sciarada_morphologies.radio_galaxies:FanaroffRiley2",
            options=options.LobeOptions,
            fr_class="FRII",
            structure="edge_bright",
        ),
        SimulatorSpec(
            name="symmetric_double",
            summary="Two lobes alike, without a core or hot spots that show",
            factory="sciarada_morphologies.radio_galaxies:SymmetricDouble",
            fr_class="FRII",
            structure="symmetric_double",
        ),
        SimulatorSpec(
            name="hybrid",
            summary="Hybrid: an FR I plume on one side, an FR II lobe on the other",
            factory="sciarada_morphologies.radio_galaxies:Hybrid",
            options=options.LobeOptions,
            fr_class="hybrid",
        ),
        SimulatorSpec(
            name="wide_angle_tail",
            summary="Jets that flare into wide tails, more than 90 degrees apart",
            factory="sciarada_morphologies.bent:WideAngleTail",
            options=options.WideTailOptions,
            fr_class="FRI",
            structure="structured_bent",
        ),
        SimulatorSpec(
            name="narrow_angle_tail",
            summary="Two tails swept back from a head, less than 90 degrees apart",
            factory="sciarada_morphologies.bent:NarrowAngleTail",
            options=options.NarrowTailOptions,
            fr_class="FRI",
            structure="diffuse_bent",
        ),
        SimulatorSpec(
            name="head_tail",
            summary="Bright head and one curved tail that widens and fades",
            factory="sciarada_morphologies.bent:HeadTail",
            fr_class="FRI",
            structure="head_tail",
        ),
        SimulatorSpec(
            name="x_shaped",
            summary="FR II with a pair of fainter wings across its middle",
            factory="sciarada_morphologies.radio_galaxies:XShaped",
            options=options.LobeOptions,
            fr_class="FRII",
            structure="edge_bright",
        ),
        SimulatorSpec(
            name="z_shaped",
            summary="FR II whose lobes turn aside, one to each side",
            factory="sciarada_morphologies.radio_galaxies:ZShaped",
            options=options.LobeOptions,
            fr_class="FRII",
            structure="structured_bent",
        ),
        SimulatorSpec(
            name="double_double",
            summary="Two aligned pairs of lobes about one core",
            factory="sciarada_morphologies.radio_galaxies:DoubleDouble",
            options=options.DoubleDoubleOptions,
            fr_class="FRII",
            structure="edge_bright",
        ),
        SimulatorSpec(
            name="one_sided",
            summary="Core with a jet and a lobe on one side only",
            factory="sciarada_morphologies.radio_galaxies:OneSided",
            structure="single_lobe",
        ),
        SimulatorSpec(
            name="core_dominated",
            summary="Bright core in faint extended emission",
            factory="sciarada_morphologies.radio_galaxies:CoreDominated",
            options=options.CoreOptions,
            structure="bright_core",
        ),
        SimulatorSpec(
            name="relic",
            summary="Radio relic: an arc with a sharp outer edge",
            factory="sciarada_morphologies.clusters:Relic",
            structure="amorphous",
        ),
        SimulatorSpec(
            name="halo",
            summary="Radio halo of a cluster: round, patchy, without edges",
            factory="sciarada_morphologies.clusters:Halo",
            structure="circular_diffuse",
        ),
        SimulatorSpec(
            name="odd_radio_circle",
            summary="Odd radio circle: a thin, faint, round ring",
            factory="sciarada_morphologies.clusters:OddRadioCircle",
            options=options.CircleOptions,
            structure="circular_diffuse",
        ),
        SimulatorSpec(
            name="filament",
            summary="Thin threads of emission, gently curved",
            factory="sciarada_morphologies.clusters:Filament",
            structure="amorphous",
        ),
        SimulatorSpec(
            name="snr_shell",
            summary="Shell-type supernova remnant: bright limb, fainter interior",
            factory="sciarada_morphologies.galactic:ShellRemnant",
            structure="circular_diffuse",
        ),
        SimulatorSpec(
            name="snr_filled",
            summary="Filled supernova remnant (plerion), brightest inside",
            factory="sciarada_morphologies.galactic:FilledRemnant",
            structure="circular_diffuse",
        ),
        SimulatorSpec(
            name="hii_bubble",
            summary="HII bubble: a partly bright rim, filled inside",
            factory="sciarada_morphologies.galactic:Bubble",
            structure="circular_diffuse",
        ),
        SimulatorSpec(
            name="planetary_nebula",
            summary="Planetary nebula: ring, two lobes about a waist, or filled",
            factory="sciarada_morphologies.galactic:PlanetaryNebula",
            options=options.NebulaOptions,
        ),
    ]
