"""The bundled encoders: their losses by hand, what they train, and that they learn."""

import copy

import pytest
import torch
from sciarada_all4one import All4OneOptions
from sciarada_all4one.pretrainer import All4One
from sciarada_byol import BYOLOptions
from sciarada_byol.pretrainer import BYOL
from sciarada_simclr import SimCLROptions
from sciarada_simclr.pretrainer import SimCLR
from small_encoders import ENCODERS
from torch.nn import functional

from sciarada.errors import OptionError
from sciarada.hooks import UNLABELLED
from sciarada.hooks.options import describe_options
from sciarada.nn.backbones import BACKBONES
from sciarada.nn.channels.recipes import RECIPES
from sciarada.nn.encoder_options import EncoderOptions
from sciarada.nn.losses import feature_contrast, info_nce, nt_xent
from sciarada.nn.training.optimisers import build_optimiser

SLOW = {"simclr": set(), "byol": {"slow_backbone", "slow_projector"}}
SLOW["all4one"] = SLOW["byol"]


@pytest.fixture(autouse=True)
def one_thread():
    """Small networks are no faster on more, and much slower on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(params=ENCODERS)
def encoder(request):
    torch.manual_seed(5)
    made = ENCODERS[request.param]().train()
    made.name = request.param
    return made


def sources(number, seed, side=24):
    """Return pixels with doubles of many separations and angles."""
    chance = torch.Generator().manual_seed(seed)
    separation, angle, width = torch.rand(3, number, 1, 1, generator=chance)
    angle, separation, width = 6.3 * angle, 8 * separation, 1 + 2 * width
    y, x = torch.meshgrid(*[torch.arange(side) - side / 2] * 2, indexing="ij")
    pixels = 0.05 * torch.randn(number, side, side, generator=chance)
    for sign in (-0.5, 0.5):
        dx, dy = sign * separation * angle.cos(), sign * separation * angle.sin()
        pixels += torch.exp(-((x - dx) ** 2 + (y - dy) ** 2) / 2 / width**2)
    return pixels


def two_views(images, seed):
    """Return images turned by quarters and blurred with noise."""
    chance = torch.Generator().manual_seed(seed)
    views = []
    for _ in range(2):
        turned = images.rot90(int(torch.randint(4, (), generator=chance)), dims=(2, 3))
        views.append(turned + 0.05 * torch.randn(images.shape, generator=chance))
    return views


def views_of(encoder, number=8):
    return two_views(encoder.channels(sources(number, 1)), 2)


def test_gradients_reach_all_but_the_slow_networks(encoder):
    encoder.loss(views_of(encoder)).total.backward()
    without = {n.partition(".")[0] for n, p in encoder.named_parameters() if p.grad is None}
    assert without == SLOW[encoder.name]
    for name, parameter in encoder.named_parameters():
        assert parameter.requires_grad == (name.partition(".")[0] not in SLOW[encoder.name])
    assert all(p.grad.any() for n, p in encoder.backbone.named_parameters() if "weight" in n)


def test_the_slow_networks_follow_and_come_to_rest(encoder):
    pairs = [(name, name.removeprefix("slow_")) for name in SLOW[encoder.name]]
    before = copy.deepcopy(encoder.state_dict())
    with torch.no_grad():
        for parameter in encoder.parameters():
            if parameter.requires_grad:
                parameter.add_(1.0)
    encoder.after_step(1.0)
    for slow, _ in pairs:
        for name, parameter in getattr(encoder, slow).named_parameters():
            assert torch.equal(parameter, before[f"{slow}.{name}"])
    encoder.after_step(0.0)  # here the momentum is 0.5
    for slow, fast in pairs:
        followers = getattr(encoder, slow).parameters()
        for follower, leader in zip(followers, getattr(encoder, fast).parameters(), strict=True):
            torch.testing.assert_close(follower, leader - 0.5)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_they_learn_in_half_precision(encoder, kind):
    views, exact = views_of(encoder), copy.deepcopy(encoder)
    with torch.autocast("cpu", dtype=kind):
        blurred = encoder.loss(views).total
    blurred.backward()
    assert blurred.dtype == torch.float32
    assert blurred.item() == pytest.approx(exact.loss(views).total.item(), rel=0.05)
    trained = [p for p in encoder.parameters() if p.requires_grad]
    assert all(torch.isfinite(parameter.grad).all() for parameter in trained)


def test_it_learns_and_does_not_collapse(encoder):
    images = encoder.channels(sources(16, 3))
    optimiser = build_optimiser("adamw", encoder, 1e-3, 1e-6)
    losses = []
    steps = 12
    for step in range(steps):
        total = encoder.loss(two_views(images, step)).total
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        encoder.after_step(step / steps)
        losses.append(total.item())
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])
    encoder.eval()
    with torch.no_grad():
        features = functional.normalize(encoder.backbone(images), dim=1)
    spread = features.std(dim=0).mean() * features.shape[1] ** 0.5
    assert spread > 0.05  # 0 where all are the same, 1 where they point everywhere


def test_simclr_contrasts_projections():
    encoder = ENCODERS["simclr"]().eval()
    views = views_of(encoder)
    first, second = (encoder.projector(encoder.backbone(view)) for view in views)
    wanted = nt_xent(first, second, 0.1)
    torch.testing.assert_close(encoder.loss(views).total, wanted, rtol=1e-4, atol=1e-4)


def test_simclr_learns_labels_beside_the_contrast():
    options = SimCLROptions(stem="standard", hidden=16, outputs=16, label_weight=0.5, classes=4)
    encoder = SimCLR(options).eval()
    views, labels = views_of(encoder), torch.tensor([0, 3, UNLABELLED, 1] * 2)
    losses = encoder.loss([*views, labels])
    contrast = nt_xent(*(encoder.projector(encoder.backbone(view)) for view in views), 0.1)
    known = labels != UNLABELLED
    entropy = sum(
        functional.cross_entropy(
            encoder.classifier.linear(encoder.backbone(view))[known],
            labels[known],
            label_smoothing=0.1,
        )
        for view in views
    )
    torch.testing.assert_close(losses.terms["label_entropy"], entropy / 2, rtol=1e-4, atol=1e-4)
    wanted = contrast + 0.5 * entropy / 2
    torch.testing.assert_close(losses.total, wanted, rtol=1e-4, atol=1e-4)


def test_simclr_without_labels_to_learn_is_not_labelled():
    encoder = SimCLR(SimCLROptions(stem="standard", hidden=16, outputs=16))
    assert not encoder.labelled
    assert not any("classifier" in name for name, _ in encoder.named_parameters())


def test_byol_predicts_the_slow_projection_of_the_other_view():
    encoder = ENCODERS["byol"]().eval()
    views, wanted = views_of(encoder), 0.0
    with torch.no_grad():
        for parameter in encoder.slow_projector.parameters():
            parameter.add_(torch.randn_like(parameter))
        for ours, theirs in (views, views[::-1]):
            prediction = encoder.predictor(encoder.projector(encoder.backbone(ours)))
            target = encoder.slow_projector(encoder.slow_backbone(theirs))
            unit, other = functional.normalize(prediction), functional.normalize(target)
            wanted += (unit - other).square().sum(dim=1).mean()
        torch.testing.assert_close(encoder.loss(views).total, wanted, rtol=1e-4, atol=1e-4)


def test_all4one_contrasts_neighbours_centroids_and_features():
    encoder = ENCODERS["all4one"]().eval()
    views = views_of(encoder)
    parts = dict.fromkeys(("neighbour", "centroid", "feature"), 0.0)
    with torch.no_grad():
        encoder.support.add(torch.randn(16, 16))
        for parameter in encoder.slow_projector.parameters():
            parameter.add_(torch.randn_like(parameter))
        for ours, theirs in (views, views[::-1]):
            slow = encoder.slow_projector(encoder.slow_backbone(ours))
            near = encoder.support.neighbours(slow, 3)
            projection = encoder.projector(encoder.backbone(theirs))
            far = encoder.support.neighbours(
                encoder.slow_projector(encoder.slow_backbone(theirs)), 3
            )
            prediction = encoder.neighbour_predictor(projection)
            parts["neighbour"] += 0.5 * info_nce(near[:, 0], prediction, 0.2)
            shifted = [encoder.centroid_predictor(projection), far[:, 0], far[:, 1]]
            centroid, other = encoder.centroids(near), encoder.centroids(torch.stack(shifted, 1))
            parts["centroid"] += 0.5 * info_nce(centroid, other, 0.2)
            unit = functional.normalize(slow)
            parts["feature"] += 0.5 * feature_contrast(unit, projection)
        losses = encoder.loss(views)
    total = 0.5 * parts["neighbour"] + 0.5 * parts["centroid"] + 5 * parts["feature"]
    torch.testing.assert_close(losses.terms, parts, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(losses.total, total, rtol=1e-3, atol=1e-3)


def test_all4one_keeps_what_it_saw_once_a_step():
    encoder = ENCODERS["all4one"]().train()
    views = views_of(encoder)
    encoder.loss(views)
    encoder.loss(views)  # gradients of two batches may be gathered before a step
    assert encoder.support.added == 0
    encoder.after_step(0.1)
    assert encoder.support.added == 16
    encoder.after_step(0.2)
    encoder.eval().loss(views)
    encoder.after_step(0.3)
    assert encoder.support.added == 16


def test_the_defaults_are_those_of_the_publications():
    widths = {
        SimCLR: (SimCLROptions(), [512, 4096, 512]),
        BYOL: (BYOLOptions(), [512, 1024, 256]),
        All4One: (All4OneOptions(support=32), [512, 2048, 2048, 256]),
    }
    for make, (options, wanted) in widths.items():
        layers = [m for m in make(options).projector if isinstance(m, torch.nn.Linear)]
        assert [layers[0].in_features, *(layer.out_features for layer in layers)] == wanted


def test_the_options_name_all_backbones():
    (backbone,) = [i for i in describe_options(EncoderOptions) if i.name == "backbone"]
    assert backbone.type == f"one of {', '.join(BACKBONES)}"
    assert EncoderOptions().channels in RECIPES


@pytest.mark.parametrize("make", [SimCLR, BYOL, All4One])
def test_channels_and_backbone_are_options(make):
    options = {SimCLR: SimCLROptions, BYOL: BYOLOptions, All4One: All4OneOptions}[make]
    small = options(backbone="regnet_y_400mf", channels="asinh", hidden=8, outputs=8)
    encoder = make(small).eval()
    assert (encoder.backbone.channels, encoder.backbone.dimension) == (1, 440)
    with torch.no_grad():
        assert encoder.backbone(encoder.channels(sources(2, 1))).shape == (2, 440)


def test_unknown_channels_are_refused_with_those_there_are():
    with pytest.raises(OptionError, match=r"no recipe of channels 'rgb'.*sclip3, .*asinh"):
        SimCLR(SimCLROptions(channels="rgb"))


def test_heads_must_share_the_projection_evenly():
    with pytest.raises(OptionError, match="multiple of heads=8, not 20"):
        All4One(All4OneOptions(outputs=20))
