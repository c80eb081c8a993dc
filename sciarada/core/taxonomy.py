"""The classes that radio sources are sorted into."""

from __future__ import annotations

#: Classes that a detector assigns to objects: Riggi et al. (2023, A&C 42, 100682).
DETECTION_CLASSES = ("compact", "extended", "extended-multisland", "spurious", "flagged")

#: Fanaroff & Riley (1974, MNRAS 167, 31P); hybrid: Gopal-Krishna & Wiita (2000, A&A 363, 507).
FR_CLASSES = ("FRI", "FRII", "hybrid")

#: Structures of extended sources by Baron Perez et al. (2025, A&A 699, A302).
STRUCTURE_CLASSES = (
    "artifact",
    "amorphous",
    "bright_core",
    "head_tail",
    "single_lobe",
    "centre_bright",
    "cp_ellipse",
    "symmetric_double",
    "edge_bright",
    "diffuse_bent",
    "structured_bent",
    "circular_diffuse",
)
