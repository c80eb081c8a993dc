"""Trained encoders as ONNX, for programs that have no torch."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sciarada.core.model_card import ModelCard
from sciarada.errors import WeightsError
from sciarada.hooks.requirements import install_command, missing_requirements
from sciarada.io.atomic import atomic_path
from sciarada.io.kinds import Kind
from sciarada.nn.trained import TrainedEncoder

NEEDED = ("sciarada[onnx]",)
TOLERANCE = 1e-4  # of the largest feature
IMAGES, FEATURES = "images", "features"


def export_onnx(encoder: TrainedEncoder, path: str | Path, overwrite: bool = False) -> float:
    """Write the backbone of a trained encoder as ONNX, and check the file.

    The graph takes ``images``, float32 ``(n, channels, npix, npix)`` from 0 to 1 for any n, and
    returns ``features``, float32 ``(n, dimension)``. Making channels of surface brightness is no
    part of it: the recipe sorts pixels and counts ranks, for which ONNX has no operators of equal
    meaning. The file's metadata name the recipe and hold the model card.

    Parameters
    ----------
    encoder : TrainedEncoder
    path : str or Path
        File to make; it appears whole or not at all.
    overwrite : bool
        Replace a file that exists.

    Returns
    -------
    float
        How far the features of the file are from those of torch at most, as a part of the largest.

    Raises
    ------
    WeightsError
        If the extra ``onnx`` is not installed, the encoder has no weights, its backbone cannot be
        put in ONNX, or the file does not give its features.
    OutputError
        If the file exists or cannot be written.
    """
    if not encoder.has_weights:
        raise WeightsError(f"{encoder.card.name} is no network, so it cannot be written as ONNX")
    missing = missing_requirements(NEEDED)
    if missing:
        raise WeightsError(f"ONNX needs more packages, get them with: {install_command(missing)}")
    backbone, card = encoder.encoder.backbone, encoder.card
    with atomic_path(path, overwrite, _KIND) as part:
        program = _program(backbone, _images(encoder, 2), card)
        program.model.metadata_props.update(_metadata(encoder))
        program.save(part)
        return _difference(part, encoder)


def _is_ours(path: Path) -> bool:
    """Return whether a file is one that `export_onnx` wrote."""
    import onnx  # of the extra

    try:
        model = onnx.load(path, load_external_data=False)
    except Exception:  # the error class of protobuf depends on its version
        return False
    return {item.key for item in model.metadata_props} >= {"model_id", "card"}


_KIND = Kind("exported backbone", _is_ours)


def _images(encoder: TrainedEncoder, number: int) -> Tensor:
    """Return images of random numbers; always the same."""
    shape = (number, encoder.encoder.backbone.channels, encoder.card.npix, encoder.card.npix)
    return torch.rand(shape, generator=torch.Generator().manual_seed(1)).to(encoder.device)


def _program(backbone: torch.nn.Module, images: Tensor, card: ModelCard) -> torch.onnx.ONNXProgram:
    try:
        with warnings.catch_warnings():
            # torch 2.11 calls a function of its own that it has deprecated.
            warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)
            program = torch.onnx.export(
                backbone,
                (images,),
                input_names=[IMAGES],
                output_names=[FEATURES],
                dynamic_shapes=({0: torch.export.Dim("n", min=1)},),
                dynamo=True,
                verbose=False,
            )
    except (torch.onnx.OnnxExporterError, RuntimeError) as error:
        cause = error.__cause__ or error
        raise WeightsError(
            f"the backbone of {card.model_id} cannot be put in ONNX: {type(cause).__name__}: "
            f"{str(cause).partition(chr(10))[0]}"
        ) from error
    if program is None:
        raise WeightsError(f"torch made no ONNX program of the backbone of {card.model_id}")
    return program


def _metadata(encoder: TrainedEncoder) -> dict[str, str]:
    """Return the metadata for users of the file, as text."""
    channels, card = encoder.encoder.channels, encoder.card
    return {
        "model_id": card.model_id,
        "channels": getattr(channels, "name", type(channels).__name__),
        "channels_summary": getattr(channels, "summary", ""),
        "images": (
            f"float32 (n, {encoder.encoder.backbone.channels}, {card.npix}, {card.npix}), 0 to 1: "
            f"the channels that the encoder {card.encoder} makes of cutouts {card.npix} pixels "
            f"wide, crop {card.crop!r}"
        ),
        "card": json.dumps(card.as_json()),
    }


def _difference(path: Path, encoder: TrainedEncoder) -> float:
    """Compare a file with torch, for batch sizes other than that of the export."""
    import onnxruntime  # of the extra

    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    worst = 0.0
    for number in (1, 3):
        images = _images(encoder, number)
        with torch.inference_mode():
            wanted = encoder.encoder.backbone(images).float().cpu().numpy()
        (found,) = session.run([FEATURES], {IMAGES: images.cpu().numpy()})
        worst = max(worst, float(np.abs(found - wanted).max() / np.abs(wanted).max()))
    if not worst <= TOLERANCE:  # NaN too
        raise WeightsError(
            f"the ONNX file of {encoder.card.model_id} gives other features than torch, off by "
            f"{worst:.1g} of the largest, and was not kept: try another release of torch"
        )
    return worst
