"""``sciarada weights``: the trained weights there are, and how to get more."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sciarada.cli.completion import weights_names
from sciarada.cli.examples import examples
from sciarada.cli.options import out_option, overwrite_option
from sciarada.cli.verbosity import is_quiet

URL_HASH = "It is on the page that has the address."


@click.group(
    "weights",
    epilog=examples("weights list", "weights show default", "weights export default -o net.onnx"),
)
def command() -> None:
    """List trained weights; show, verify, download or export some."""


@command.command("list", epilog=examples("weights list", "weights list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_weights(as_json: bool) -> None:
    """List the weights that can be used by name."""
    from sciarada.errors import WeightsError
    from sciarada.hooks.manager import PluginManager
    from sciarada.nn.store import stored_weights, weights_folder

    found = []
    for weights in stored_weights(PluginManager.discover()):
        try:
            found.append((weights, weights.card))
        except WeightsError as error:
            click.echo(f"sciarada: {error}", err=True)
    if as_json:
        click.echo(json.dumps([card.as_json() for _, card in found], indent=2))
        return
    if not found:
        click.echo(
            f"no weights available: train some with `sciarada pretrain`, or put some in "
            f"{weights_folder()}"
        )
        return
    rows = [("NAME", "KIND", "ENCODER", "PIXELS", "NUMBERS", "MB", "FROM")]
    rows += [
        (
            weights.name,
            card.kind,
            card.encoder,
            str(card.npix),
            str(card.dimension),
            f"{weights.path.stat().st_size / 1e6:.1f}",
            weights.owner,
        )
        for weights, card in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


@command.command(
    "show", epilog=examples("weights show default", "weights show timm:resnet18.a1_in1k")
)
@click.argument("name", shell_complete=weights_names)
def show(name: str) -> None:
    """Show the model card of weights: training data, settings and scores.

    NAME can also be HUB:MODEL, such as timm:resnet18.a1_in1k; the model is then downloaded if
    necessary.
    """
    from sciarada.hooks.manager import PluginManager
    from sciarada.nn.store import find_card

    card = find_card(name, PluginManager.discover())
    click.echo(json.dumps(card.as_json(), indent=2))


@command.command(
    "verify", epilog=examples("weights verify default", "weights verify run/encoder.safetensors")
)
@click.argument("name", shell_complete=weights_names)
def verify(name: str) -> None:
    """Check the file of weights against its model card."""
    from sciarada.hooks.manager import PluginManager
    from sciarada.io.weights import read_weights
    from sciarada.nn.store import find_weights

    found = find_weights(name, PluginManager.discover())
    tensors, card = read_weights(found.path, found.sha256)
    if not is_quiet():
        numbers = sum(tensor.size for tensor in tensors.values())
        click.echo(f"{card.model_id}: {len(tensors)} tensors, {numbers:,} numbers, correct")


@command.command(
    "pull",
    epilog=examples(
        "weights pull https://example.org/emu.safetensors --sha256 SHA256 --max-size 500"
    ),
)
@click.argument("url")
@click.option("--sha256", required=True, help=f"Hash that the file must have. {URL_HASH}")
@overwrite_option("other weights of that name")
@click.option(
    "--max-size",
    type=click.IntRange(1, 1_000_000),
    default=2000,
    show_default=True,
    metavar="MB",
    help="Largest size of the file of weights in MB.",
)
def pull(url: str, sha256: str, overwrite: bool, max_size: int) -> None:
    """Download the weights at URL and their card, NAME.safetensors and NAME.json."""
    from sciarada.io.weights_download import download_weights
    from sciarada.nn.store import weights_folder

    path = download_weights(url, sha256, weights_folder(), overwrite, max_size * 1_000_000)
    if not is_quiet():
        click.echo(f"{path} is what it should be: use it as --weights {path.stem}")


@command.command("export", epilog=examples("weights export default -o encoder.onnx"))
@click.argument("name", shell_complete=weights_names)
@out_option("File to make, X.onnx.", required=True)
@overwrite_option("a file that exists")
def export(name: str, out: Path, overwrite: bool) -> None:
    """Write the backbone of NAME as ONNX, for programs without torch."""
    from sciarada.hooks.manager import PluginManager
    from sciarada.io.inputs import Inputs
    from sciarada.nn.onnx_export import export_onnx
    from sciarada.nn.store import weights_files
    from sciarada.nn.trained import load_encoder

    Inputs.of(*weights_files(name, PluginManager.discover())).keep_apart(out)
    encoder = load_encoder(name, device="cpu")
    worst = export_onnx(encoder, out, overwrite)
    if not is_quiet():
        click.echo(
            f"{out} has the backbone of {encoder.card.model_id}: its features are those of torch "
            f"within {worst:.1g} of the largest"
        )
