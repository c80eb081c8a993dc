"""An encoder that raises during a training, or a command that does, is named in one sentence."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from sciarada.cli.main import main
from sciarada.hooks.manager import PluginManager
from sciarada.nn.plugin_faults import faults_named

ENCODERS = """
    from sciarada.hooks import AugmentationSpec, EncoderSpec, hookimpl

    def make(fault):
        def factory():
            import torch
            from sciarada.errors import OptionError
            from sciarada.hooks import Losses
            from torch import nn

            class Backbone(nn.Sequential):
                dimension, channels = 4, 1

                def __init__(self):
                    super().__init__(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4, 4))

            class Encoder(nn.Module):
                views = 1

                def __init__(self):
                    super().__init__()
                    self.backbone = Backbone()

                def channels(self, pixels):
                    if fault == "channels":
                        raise ValueError("no channels")
                    return pixels.nan_to_num(0.0)[:, None]

                def loss(self, views):
                    total = self.backbone(views[0]).square().mean()
                    if fault == "loss":
                        raise ArithmeticError("the sums are wrong")
                    if fault == "exit":
                        raise SystemExit(0)
                    if fault == "none":
                        return None
                    if fault == "detached":
                        total = total.detach()
                    if fault == "memory":
                        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB")
                    if fault == "option":
                        raise OptionError("give -O depth= a lower value")
                    return Losses(total, {})

                def after_step(self, progress):
                    if fault == "after":
                        raise LookupError("no queue")

            return Encoder()

        return factory

    FAULTS = ("loss", "exit", "none", "detached", "memory", "option", "after", "channels", "no")

    class Augmentation:
        def __init__(self, name):
            self.name = name

        def fail(self, *_):
            raise ArithmeticError(f"no {self.name}")

        apply = matrices = partners = fail

        def prepare(self, cutouts):
            import numpy as np

            return np.full((len(cutouts), 1), -1)

    @hookimpl
    def sciarada_augmentations():
        stages = {"sky": "sky", "geometry": "geometry", "channels": "channels"}
        stages["partners"] = "partner"
        return [
            AugmentationSpec(
                name=name,
                summary="Raises",
                factory=lambda name=name: Augmentation(name),
                stage=stage,
            )
            for name, stage in stages.items()
        ]

    @hookimpl
    def sciarada_encoders():
        return [EncoderSpec(name=f, summary="Raises", factory=make(f)) for f in FAULTS]
"""

COMMANDS = """
    import click
    from sciarada.hooks import CommandSpec, hookimpl

    @click.group(help="Some.")
    def several():
        pass

    @several.command(help="Fail.")
    @click.option("--with-hint", is_flag=True)
    def fail(with_hint):
        if with_hint:
            raise click.UsageError("choose a file")
        click.echo("working")
        {}["key"]

    @click.command(help="Leave.")
    @click.pass_context
    def leave(context):
        context.exit(3)

    @hookimpl
    def sciarada_commands():
        return [
            CommandSpec(name="several", summary="Some", factory=lambda: several),
            CommandSpec(name="leave", summary="Leave", factory=lambda: leave),
        ]
"""


def sciarada(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def pretrain(tmp_path, install_plugin):
    """Train an encoder of the plugin on eight small pictures."""
    install_plugin("raising", ENCODERS)
    folder = tmp_path / "pictures"
    folder.mkdir()
    random = np.random.default_rng(1)
    for number in range(8):
        picture = random.integers(0, 255, (16, 16)).astype(np.uint8)
        Image.fromarray(picture).save(folder / f"{number}.png")
    out = tmp_path / "training"

    def run(encoder: str, *options: str):
        few = ("--batch", 4, "--epochs", 1, "--npix", 16, "--device", "cpu")
        return sciarada("pretrain", folder, "--out", out, "--encoder", encoder, *few, *options), out

    return run


@pytest.mark.parametrize(
    ("encoder", "sentence"),
    [
        ("loss", "in step 1 of the training with ArithmeticError: the sums are wrong"),
        ("exit", "in step 1 of the training with SystemExit: 0"),
        ("none", "in step 1 of the training with AttributeError: 'NoneType' object"),
        ("detached", "in step 1 of the training with RuntimeError: element 0 of tensors"),
        ("after", "after step 1 of the training with LookupError: no queue"),
    ],
)
def test_an_encoder_that_raises_is_named(pretrain, encoder, sentence):
    result, _ = pretrain(encoder)
    assert result.exit_code == 2
    named = f"the encoder {encoder!r} of plugin dist-raising/raising failed {sentence}"
    assert named in result.stderr
    assert f"; see `sciarada plugins check {encoder}`" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("encoder", "sentence"),
    [("memory", "not enough memory (CUDA out of memory"), ("option", "give -O depth= a lower")],
)
def test_what_has_a_message_of_its_own_keeps_it(pretrain, encoder, sentence):
    result, _ = pretrain(encoder)
    assert result.exit_code == 2
    assert f"sciarada: {sentence}" in result.stderr


@pytest.mark.parametrize("view", ["sky", "geometry", "channels", "partners"])
def test_an_augmentation_that_raises_is_named(pretrain, view):
    result, _ = pretrain("no", "--view", view)
    assert result.exit_code == 2
    named = f"the augmentation {view!r} of plugin dist-raising/raising failed on a batch of cutouts"
    assert f"{named} with ArithmeticError: no {view}" in result.stderr
    assert "Traceback" not in result.stderr


def test_channels_of_an_encoder_that_raise_are_named(pretrain):
    result, _ = pretrain("channels")
    assert result.exit_code == 2
    named = "the encoder 'channels' of plugin dist-raising/raising failed on a batch of cutouts"
    assert f"{named} with ValueError: no channels" in result.stderr


def test_an_encoder_that_does_not_raise_is_trained(pretrain):
    result, out = pretrain("no")
    assert result.exit_code == 0, result.output
    assert list(out.glob("*.safetensors"))


def test_without_a_plugin_and_for_a_lost_process_the_error_is_passed_on():
    spec = PluginManager.discover().find("encoder", "simclr")
    with pytest.raises(ArithmeticError), faults_named(None, "in a step"):
        raise ArithmeticError
    with pytest.raises(RuntimeError, match="closed by peer"), faults_named(spec, "in a step"):
        raise RuntimeError("Connection closed by peer")


def test_a_command_that_raises_is_named(install_plugin):
    install_plugin("commanding", COMMANDS)
    result = sciarada("several", "fail")
    assert result.exit_code == 2
    assert result.stdout == "working\n"
    assert result.stderr == (
        "sciarada: the command 'several' of plugin dist-commanding/commanding failed with "
        "KeyError: 'key'; -v shows the traceback\n"
    )
    assert "Traceback" in sciarada("several", "fail", "-v").stderr


def test_a_command_ends_as_it_wants_to(install_plugin):
    install_plugin("commanding", COMMANDS)
    assert sciarada("leave").exit_code == 3
    result = sciarada("several", "fail", "--with-hint")
    assert result.exit_code == 2
    assert "Error: choose a file" in result.stderr
