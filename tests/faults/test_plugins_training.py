"""An encoder without a method that is needed ends the command in one sentence, soon."""

import pytest
from click.testing import CliRunner

from sciarada.cli.main import main

ENCODERS = """
    from sciarada.hooks import EncoderSpec, WeightsSpec, hookimpl

    def make(lacking):
        def factory():
            from torch import nn

            class Backbone(nn.Flatten):
                dimension, channels = 4, 1

            class Encoder(nn.Module):
                views = 2

                def __init__(self):
                    super().__init__()
                    self.backbone = Backbone()

                def channels(self, pixels):
                    raise AssertionError("pixels were read")

                def loss(self, views):
                    raise AssertionError("pixels were read")

                def after_step(self, progress):
                    pass

            encoder = Encoder()
            if lacking == "module":
                return object()
            if lacking == "backbone":
                del encoder.backbone
            elif lacking.startswith("backbone."):
                delattr(Backbone, lacking.partition(".")[2])
            elif lacking:
                delattr(Encoder, lacking)
            return encoder

        return factory

    NAMES = ("views", "loss", "after_step", "channels", "backbone", "backbone.dimension")

    @hookimpl
    def sciarada_encoders():
        return [
            EncoderSpec(name=f"no-{name}", summary="Lacks it", factory=make(name)) for name in NAMES
        ] + [
            EncoderSpec(name="no-module", summary="Not a module", factory=make("module")),
            EncoderSpec(name="leaving", summary="Exits", factory=lambda: exit(0)),
        ]

    @hookimpl
    def sciarada_weights():
        def leave():
            raise SystemExit(0)

        how = {"encoder": "no-loss", "sha256": "0" * 64, "summary": "None"}
        return [
            WeightsSpec(name="leaving", factory=leave, default=True, **how),
            WeightsSpec(name="simclr-32", factory=leave, **how),
            WeightsSpec(name="pathless", factory=lambda: 5, **how),
        ]
"""


@pytest.fixture
def pictures(tmp_path):
    """A folder of two files that are no pictures, so that reading them would fail."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(b"no picture")
    return folder


def sciarada(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.parametrize(
    ("encoder", "sentence"),
    [
        ("no-loss", "has no method loss, which a training needs; see `sciarada plugins check"),
        ("no-views", "has no attribute views, which a training needs"),
        ("no-after_step", "has no method after_step, which a training needs"),
        ("no-channels", "has no method channels, which every encoder needs"),
        ("no-backbone", "has no attribute backbone, which every encoder needs"),
        ("no-backbone.dimension", "has no attribute backbone.dimension, which every encoder"),
        ("no-module", "has no method channels, which every encoder needs"),
        ("leaving", "cannot be started: SystemExit: 0"),
    ],
)
def test_pretrain_names_the_plugin_and_what_is_missing(
    install_plugin, pictures, tmp_path, encoder, sentence
):
    install_plugin("odd", ENCODERS)
    out = tmp_path / "training"
    run = sciarada("pretrain", pictures, "--out", out, "--encoder", encoder, "--batch", 2)
    assert run.exit_code == 2
    assert run.stderr.count("\n") == 1
    assert f"the encoder {encoder!r} of plugin dist-odd/odd {sentence}" in run.stderr
    assert not out.exists()


def test_embed_takes_the_default_weights_whatever_plugins_offer(install_plugin, pictures, tmp_path):
    install_plugin("odd", ENCODERS)
    out = tmp_path / "features.fits"
    run = sciarada("embed", pictures, "--out", out, "--weights", "pathless")
    assert run.exit_code == 2
    assert "'pathless' of plugin dist-odd/odd gives 5 in place of a path" in run.stderr
    run = sciarada("embed", pictures, "--out", out)
    assert run.exit_code == 2
    assert "a.png cannot be read" in run.stderr, "only the pictures stop it"
    listed = sciarada("weights", "list")
    assert listed.exit_code == 0
    assert "byol-32" in listed.stdout
    assert "the weights 'leaving' of plugin dist-odd/odd cannot be started" in listed.stderr
