"""EfficientNet-Lite0 against timm's, of which its published weights are known to fit."""

import pytest
import torch

from sciarada.nn.backbones import build_backbone


@pytest.mark.parametrize("shape", [(64, 64), (65, 65), (96, 75)])
def test_it_is_timm_s_network(shape):
    timm = pytest.importorskip("timm", reason="timm is an optional dependency: the extra web")
    theirs = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    ours = build_backbone("efficientnet_lite0", stem="standard").eval()
    tensors = [
        tensor for name, tensor in theirs.state_dict().items() if not name.startswith("classifier")
    ]
    ours.load_state_dict(dict(zip(ours.state_dict(), tensors, strict=True)))
    images = torch.rand(2, 3, *shape)
    with torch.no_grad():
        expected = theirs.forward_head(theirs.forward_features(images), pre_logits=True)
        torch.testing.assert_close(ours(images), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("stem", "side"), [("standard", 2), ("half", 4), ("full", 8)])
def test_the_stem_sets_the_resolution_of_the_last_layer(stem, side):
    body = build_backbone("efficientnet_lite0", stem=stem).eval().body
    with torch.no_grad():
        assert body[:-2](torch.rand(1, 3, 64, 64)).shape == (1, 1280, side, side)
