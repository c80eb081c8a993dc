"""Augmentations of radio cutouts for the training of encoders."""

from __future__ import annotations

from sciarada.hooks import AugmentationSpec, hookimpl
from sciarada_views import options


@hookimpl
def sciarada_augmentations() -> list[AugmentationSpec]:
    """Offer the views, in the order of the stages."""
    return [
        AugmentationSpec(
            name="beam",
            summary="The sky as a larger, elliptical beam shows it",
            factory="sciarada_views.sky:LargerBeam",
            options=options.BeamOptions,
            stage="sky",
        ),
        AugmentationSpec(
            name="beam_noise",
            summary="More noise, correlated over the beam",
            factory="sciarada_views.sky:BeamNoise",
            options=options.NoiseOptions,
            stage="sky",
        ),
        AugmentationSpec(
            name="missing",
            summary="A side without values, as at the border of a mosaic",
            factory="sciarada_views.sky:MissingSide",
            options=options.MissingOptions,
            stage="sky",
        ),
        AugmentationSpec(
            name="resized_crop",
            summary="A square part of the cutout, anywhere in it",
            factory="sciarada_views.geometry:ResizedCrop",
            options=options.CropOptions,
            stage="geometry",
        ),
        AugmentationSpec(
            name="rotation",
            summary="Turned by any angle, or by right angles",
            factory="sciarada_views.geometry:Rotation",
            options=options.RotationOptions,
            stage="geometry",
        ),
        AugmentationSpec(
            name="flip",
            summary="Mirrored left to right, upside down, or not",
            factory="sciarada_views.geometry:Flip",
            stage="geometry",
        ),
        AugmentationSpec(
            name="shift",
            summary="Moved by a fraction of the side",
            factory="sciarada_views.geometry:Shift",
            options=options.ShiftOptions,
            stage="geometry",
        ),
        AugmentationSpec(
            name="zoom",
            summary="Larger or smaller, about the middle",
            factory="sciarada_views.geometry:Zoom",
            options=options.ZoomOptions,
            stage="geometry",
        ),
        AugmentationSpec(
            name="blur",
            summary="Blurred by a round Gaussian",
            factory="sciarada_views.appearance:Blur",
            options=options.BlurOptions,
            stage="channels",
        ),
        AugmentationSpec(
            name="jitter",
            summary="Other brightness and contrast, in each channel by itself",
            factory="sciarada_views.appearance:Jitter",
            options=options.JitterOptions,
            stage="channels",
        ),
        AugmentationSpec(
            name="stretch",
            summary="Another stretch, asinh or a power, in each channel by itself",
            factory="sciarada_views.appearance:Restretch",
            options=options.StretchOptions,
            stage="channels",
        ),
        AugmentationSpec(
            name="threshold",
            summary="Nothing below a percentile",
            factory="sciarada_views.appearance:Threshold",
            options=options.ThresholdOptions,
            stage="channels",
        ),
    ]
