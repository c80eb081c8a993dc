"""Conformance checks of encoders, and of those that can be trained."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import torch
from torch import Tensor, nn

from sciarada.hooks.protocols import Losses
from sciarada.nn.modules import EncoderModule, PretrainerModule
from sciarada.testing.small_batches import check_shapes

SAMPLES, SIDE, OTHER_SIDE = 6, 32, 48
MIN_BATCH = 2  # cutouts in a batch of a training
STEPS = 2  # before a checkpoint, and after it


def encoder_checks(encoder: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks; each leaves the encoder as it was."""
    yield from feature_checks(encoder)
    yield "keeps all of itself in its state dict", lambda: _check_state(encoder)
    if hasattr(encoder, "loss"):
        yield "has views, loss(views), after_step(progress)", lambda: _check_methods(encoder)
        yield "returns Losses, finite and named", lambda: _check_losses(encoder)
        yield "learns from a batch of two cutouts", lambda: _check_least_batch(encoder)
        yield "leaves the views alone", lambda: _check_views(encoder)
        yield "trains its backbone, and nothing frozen", lambda: _check_gradients(encoder)
        yield "learns in mixed precision", lambda: _check_autocast(encoder)
        yield "goes on from its state dict as if it had not stopped", lambda: _check_resume(encoder)


def feature_checks(encoder: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks of any encoder, trained or not."""
    yield "is a torch module with channels and backbone", lambda: _check_interface(encoder)
    yield "makes finite channels of any pixels", lambda: _check_channels(encoder)
    yield "makes finite features, one vector per image", lambda: _check_features(encoder)
    yield "sees each image by itself", lambda: _check_alone(encoder)
    yield "takes batches of no cutout and of one", lambda: _check_small(encoder)
    yield "tells different sources apart", lambda: _check_distinct(encoder)


def pixels_of(samples: int = SAMPLES, side: int = SIDE) -> Tensor:
    """Return noise with a source each, the first one with missing pixels, the second constant."""
    chance = torch.Generator().manual_seed(1)
    along = torch.arange(side) - side / 2
    distance = (along[:, None].square() + along.square()).expand(samples, -1, -1)
    width = torch.linspace(1, side / 4, samples)[:, None, None]
    pixels = torch.randn(samples, side, side, generator=chance)
    pixels += 50 * torch.exp(-distance / 2 / width.square())
    pixels[0, : side // 4] = torch.nan
    pixels[1] = 2.5
    return pixels


def different_sources(side: int = SIDE) -> dict[str, Tensor]:
    """Return pictures ``(side, side)`` of different sources in noise of 1."""
    along = (torch.arange(side) - (side - 1) / 2) / side
    y, x = along[:, None], along[None, :]
    radius = torch.hypot(x, y)

    def blob(x0: float, width: float, peak: float = 50) -> Tensor:
        return peak * torch.exp(-((x - x0).square() + y.square()) / 2 / width**2)

    sources = {
        "a point": blob(0, 0.03),
        "a double": blob(-0.2, 0.04) + blob(0.2, 0.04),
        "a triple": blob(-0.25, 0.04) + blob(0, 0.03) + blob(0.25, 0.04),
        "a disc": torch.where(radius < 0.2, 30.0, 0.0),
        "a ring": torch.where((radius - 0.3).abs() < 0.05, 30.0, 0.0),
        "a source that fills the cutout": blob(0.1, 0.5),
        "a source wider than the cutout": 40 + 20 * x + 30 * y.square().expand(side, side),
        "a saturated source": blob(0, 0.2, 500).clamp(max=60),
        "noise": torch.zeros(side, side),
    }
    chance = torch.Generator().manual_seed(3)
    return {
        name: source + torch.randn(side, side, generator=chance) for name, source in sources.items()
    }


def images_of(encoder: EncoderModule, samples: int = SAMPLES, side: int = SIDE) -> Tensor:
    """Return the images that the encoder makes of such pixels."""
    return encoder.channels(pixels_of(samples, side))


def views_of(encoder: PretrainerModule, samples: int = SAMPLES) -> list[Tensor]:
    """Return views that differ by a turn and a little noise; and labels for one that wants them."""
    images, chance = images_of(encoder, samples), torch.Generator().manual_seed(2)
    labels = [torch.arange(samples) % 3 - 1] if getattr(encoder, "labelled", False) else []
    return [
        images.rot90(turn, dims=(2, 3)) + 0.05 * torch.rand(images.shape, generator=chance)
        for turn in range(encoder.views)
    ] + labels


def _check_interface(encoder: Any) -> None:
    assert isinstance(encoder, nn.Module), f"{type(encoder).__name__} is not a torch.nn.Module"
    _check_has(encoder, "channels", "backbone")
    backbone = encoder.backbone
    assert isinstance(backbone, nn.Module), "its backbone is not a torch.nn.Module"
    for name in ("channels", "dimension"):
        value = getattr(backbone, name, None)
        assert isinstance(value, int), f"backbone.{name} is {value!r}, not a whole number"


def _check_has(encoder: Any, *names: str) -> None:
    missing = [name for name in names if not hasattr(encoder, name)]
    assert not missing, f"{type(encoder).__name__} has no {' and no '.join(missing)}"


def _check_channels(encoder: EncoderModule) -> None:
    pixels = pixels_of()
    shown = pixels.clone()
    images = encoder.channels(shown)
    wanted = (SAMPLES, encoder.backbone.channels, SIDE, SIDE)
    assert tuple(images.shape) == wanted, f"they have the shape {tuple(images.shape)}, not {wanted}"
    assert images.dtype == torch.float32, f"they are {images.dtype}"
    assert torch.isfinite(images).all(), "one is not finite"
    assert torch.equal(shown.nan_to_num(-1), pixels.nan_to_num(-1)), "the pixels were changed"


def _features(encoder: EncoderModule, images: Tensor) -> Tensor:
    """Return features in evaluation, and leave the encoder as it was."""
    with torch.no_grad():
        return copy.deepcopy(encoder.backbone).eval()(images)


def _check_features(encoder: EncoderModule) -> str:
    for side in (SIDE, OTHER_SIDE):
        images = images_of(encoder, side=side)
        features = _features(encoder, images)
        wanted = (SAMPLES, encoder.backbone.dimension)
        shape = tuple(features.shape)
        assert shape == wanted, f"of {side} pixels they have the shape {shape}, not {wanted}"
        assert torch.isfinite(features).all(), f"of {side} pixels one is not finite"
        assert _alike(features, _features(encoder, images)), "the second time they differ"
    return f"{wanted[1]} numbers"


def _check_alone(encoder: EncoderModule) -> None:
    images = images_of(encoder)
    together, alone = _features(encoder, images), _features(encoder, images[2:3])
    same = _alike(together[2:3], alone)
    assert same, "the features of an image depend on the others of its batch"


def _check_small(encoder: EncoderModule) -> None:
    def channels(number: int) -> Tensor:
        return encoder.channels(pixels_of()[2 : 2 + number])

    backbone = encoder.backbone
    check_shapes(channels, lambda number: (number, backbone.channels, SIDE, SIDE))
    check_shapes(
        lambda number: _features(encoder, channels(number)),
        lambda number: (number, backbone.dimension),
    )


def _check_distinct(encoder: EncoderModule) -> None:
    sources = different_sources()
    features = _features(encoder, encoder.channels(torch.stack(list(sources.values()))))
    for first, second in combinations(range(len(sources)), 2):
        names = list(sources)
        different = not torch.equal(features[first], features[second])
        assert different, f"{names[first]} and {names[second]} have the same features"


def _alike(one: Tensor, other: Tensor) -> bool:
    """Return whether features are the same, but for the order in which numbers are added up."""
    return torch.allclose(one, other, rtol=1e-3, atol=1e-4)


def _check_state(encoder: EncoderModule) -> None:
    other, images = copy.deepcopy(encoder), images_of(encoder)
    with torch.no_grad():
        for values in (*other.parameters(), *other.buffers()):
            values.add_(torch.ones_like(values))
    other.load_state_dict(encoder.state_dict())
    same = _alike(_features(encoder, images), _features(other, images))
    assert same, "a copy with the same state dict makes other features"


def _check_methods(encoder: Any) -> None:
    _check_has(encoder, "views", "after_step")
    assert isinstance(encoder.views, int), f"views is {encoder.views!r}"
    assert encoder.views >= 1, f"views is {encoder.views}"


def _check_losses(encoder: PretrainerModule) -> str:
    losses = copy.deepcopy(encoder).train().loss(views_of(encoder))
    assert isinstance(losses, Losses), f"loss() returned {type(losses).__name__}, not Losses"
    assert losses.total.shape == (), f"the total has the shape {tuple(losses.total.shape)}"
    assert losses.terms, "there are no terms"
    for name, part in (("total", losses.total), *losses.terms.items()):
        assert torch.isfinite(part), f"{name} is {part.item()}"
        assert name == "total" or not part.requires_grad, f"{name} is not detached"
    return ", ".join(losses.terms)


def _check_least_batch(encoder: PretrainerModule) -> None:
    total = copy.deepcopy(encoder).train().loss(views_of(encoder, MIN_BATCH)).total
    assert torch.isfinite(total), f"the total is {total.item()}"


def _check_views(encoder: PretrainerModule) -> None:
    views = views_of(encoder)
    shown = [view.clone() for view in views]
    copy.deepcopy(encoder).train().loss(shown)
    unchanged = all(map(torch.equal, views, shown))
    assert unchanged, "they were changed"


def _check_gradients(encoder: PretrainerModule) -> None:
    model = copy.deepcopy(encoder).train()
    model.loss(views_of(model)).total.backward()
    for name, parameter in model.backbone.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, f"no gradient reaches {name}"
            assert torch.isfinite(parameter.grad).all(), f"the gradient of {name} is not finite"
    trained = [p for p in model.backbone.parameters() if p.requires_grad]
    assert trained, "no parameter of the backbone is trained"
    gradients = [p.grad for p in trained if p.grad is not None]
    assert any(gradient.any() for gradient in gradients), "all its gradients are 0"
    for name, parameter in model.named_parameters():
        frozen = parameter.grad is None or parameter.requires_grad
        assert frozen, f"{name} is frozen, but has a gradient"


def _check_autocast(encoder: PretrainerModule) -> None:
    model = copy.deepcopy(encoder).train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        total = model.loss(views_of(model)).total
    total.backward()
    assert torch.isfinite(total), f"the total is {total.item()}"
    for name, parameter in model.named_parameters():
        finite = parameter.grad is None or torch.isfinite(parameter.grad).all()
        assert finite, f"the gradient of {name} is not finite"


def _check_resume(encoder: PretrainerModule) -> None:
    """Train, save, continue; then continue once more from the saved state."""
    model = copy.deepcopy(encoder).train()
    _train(model, 0)
    saved = copy.deepcopy(model.state_dict())
    gone_on = _train(model, STEPS)
    resumed = copy.deepcopy(encoder).train()
    resumed.load_state_dict(saved)
    again = _train(resumed, STEPS)
    same = all(math.isclose(a, b, rel_tol=1e-4) for a, b in zip(gone_on, again, strict=True))
    assert same, f"losses were {gone_on}, and {again} after a restart"


def _train(model: PretrainerModule, start: int) -> list[float]:
    """Take some plain steps with a settled chance; return the losses."""
    torch.manual_seed(start)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    totals = []
    for step in range(start, start + STEPS):
        total = model.loss(views_of(model)).total
        gradients = torch.autograd.grad(total, trained, allow_unused=True)
        with torch.no_grad():
            for parameter, gradient in zip(trained, gradients, strict=True):
                if gradient is not None:
                    parameter.sub_(gradient, alpha=1e-3)
        model.after_step((step + 1) / (2 * STEPS))
        totals.append(total.item())
    return totals
