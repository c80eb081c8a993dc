"""The conformance kit on encoders: who passes, and who fails which check."""

import pytest
import torch
from torch import nn

from sciarada.hooks import EncoderSpec, Losses
from sciarada.testing import conformance

PARTS = "is a torch module with channels and backbone"
CHANNELS = "makes finite channels of any pixels"
FEATURES = "makes finite features, one vector per image"
ALONE = "sees each image by itself"
SMALL = "takes batches of no cutout and of one"
LEAST = "learns from a batch of two cutouts"
STATE = "keeps all of itself in its state dict"
METHODS = "has views, loss(views), after_step(progress)"
LOSSES = "returns Losses, finite and named"
VIEWS = "leaves the views alone"
GRADIENTS = "trains its backbone, and nothing frozen"
AUTOCAST = "learns in mixed precision"
RESUME = "goes on from its state dict as if it had not stopped"


def failures(built) -> dict[str, str]:
    spec = EncoderSpec(name="x", summary="An x", factory=lambda: built)
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


class Backbone(nn.Module):
    channels, dimension = 1, 4

    def __init__(self):
        super().__init__()
        self.filters = nn.Conv2d(1, 4, 3)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, images):
        return self.norm(self.filters(images)).relu().mean(dim=(2, 3))


class Encoder(nn.Module):
    """The least that can be embedded with."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone()

    def channels(self, pixels):
        return pixels.nan_to_num(0.0)[:, None]


class Pretrainer(Encoder):
    """The least that can be trained: features should not tell the views, nor forget the past."""

    views = 2

    def __init__(self):
        super().__init__()
        self.register_buffer("past", torch.zeros(4))

    def loss(self, views):
        first, second = map(self.backbone, views)
        total = ((first - second) ** 2).mean() + ((first.mean(dim=0) - self.past) ** 2).mean()
        return Losses(total, {"distance": total.detach()})

    def after_step(self, progress):
        self.past += 0.1 + progress


def changed(base, part=None, **methods):
    """Return an encoder with other methods, its own or its backbone's."""
    if part is None:
        return type("Changed", (base,), methods)()
    encoder = base()
    encoder.backbone = type("Changed", (Backbone,), methods)()
    return encoder


def whole_batch(self, images):
    return self.norm(self.filters(images)).mean(dim=(2, 3)) + images.mean()


def squeezed(self, images):
    return Backbone.forward(self, images).squeeze()


def scaled(self, pixels):
    return Encoder.channels(self, pixels / pixels.nan_to_num().max())


def of_three(self, views):
    losses = Pretrainer.loss(self, views)
    return Losses(losses.total / (len(views[0]) - 2), losses.terms)


def filled_in_place(self, pixels):
    return pixels.nan_to_num_()[:, None]


def in_place(self, views):
    views[0].zero_()
    return Pretrainer.loss(self, views)


def forgetful(self, progress):
    self.hidden = getattr(self, "hidden", 0.0) + 1.0
    self.past.fill_(self.hidden)


def deaf(self, views):
    total = self.backbone.norm.weight.sum() ** 2
    return Losses(total, {"distance": total.detach()})


def too_large(self, views):
    """Half precision cannot hold its numbers."""
    losses = Pretrainer.loss(self, views)
    if torch.is_autocast_enabled("cpu"):
        return Losses(losses.total / 0, losses.terms)
    return losses


def test_the_least_encoders_conform():
    assert failures(Encoder()) == {}
    assert failures(Pretrainer()) == {}


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), PARTS, "object is not a torch.nn.Module"),
        (nn.Linear(1, 1), PARTS, "Linear has no channels and no backbone"),
        (changed(Encoder, "backbone", dimension=None), PARTS, "backbone.dimension is None"),
        (changed(Encoder, channels=lambda s, p: p[:, None]), CHANNELS, "one is not finite"),
        (
            changed(Encoder, channels=lambda s, p: p.nan_to_num_()[:, None]),
            CHANNELS,
            "were changed",
        ),
        (changed(Encoder, channels=lambda s, p: p.nan_to_num()), CHANNELS, "not (6, 1, 32, 32)"),
        (changed(Encoder, "backbone", dimension=3), FEATURES, "the shape (6, 4), not (6, 3)"),
        (changed(Encoder, "backbone", forward=whole_batch), ALONE, "depend on the others"),
        (changed(Encoder, "backbone", forward=squeezed), SMALL, "makes the shape (4,), not (1, 4)"),
        (changed(Encoder, channels=scaled), SMALL, "a batch of 0 cutouts raises RuntimeError"),
        (changed(Pretrainer, loss=of_three), LEAST, "the total is inf"),
        (changed(Encoder, loss=Pretrainer.loss, views=2), METHODS, "Changed has no after_step"),
        (changed(Pretrainer, views=0), METHODS, "views is 0"),
        (changed(Pretrainer, loss=lambda s, v: s.past.sum()), LOSSES, "Tensor, not Losses"),
        (changed(Pretrainer, loss=lambda s, v: Losses(s.past[0], {})), LOSSES, "are no terms"),
        (changed(Pretrainer, loss=in_place), VIEWS, "were changed"),
        (changed(Pretrainer, loss=deaf), GRADIENTS, "no gradient reaches filters.weight"),
        (changed(Pretrainer, loss=too_large), AUTOCAST, "the total is inf"),
        (changed(Pretrainer, after_step=forgetful), RESUME, "after a restart"),
    ],
)
def test_what_is_wrong_is_said(built, name, detail):
    assert detail in failures(built)[name]


def test_what_features_depend_on_must_be_in_the_state_dict():
    class Hidden(Backbone):
        def __init__(self):
            super().__init__()
            self.register_buffer("shift", torch.zeros(4), persistent=False)

        def forward(self, images):
            return super().forward(images) + self.shift

    encoder = Encoder()
    encoder.backbone = Hidden()
    assert "makes other features" in failures(encoder)[STATE]
