"""Shell completion of the values of options: names of plugins, surveys and weights."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

import click
from click.shell_completion import CompletionItem

from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import EncoderSpec

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(names: Callable[[], Mapping[str, str]], files: bool = False) -> Completer:
    """Return a completer of names, each with its description, or of files if no name fits."""

    def complete(_context: object, _parameter: object, incomplete: str) -> list[CompletionItem]:
        fitting = [
            CompletionItem(name, help=text)
            for name, text in _silently(names).items()
            if name.startswith(incomplete)
        ]
        return fitting if fitting or not files else [CompletionItem(incomplete, type="file")]

    return complete


def _silently(names: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
    """Return names without warnings about faulty plugins, since the user is typing."""
    logging.disable()
    try:
        return names()
    finally:
        logging.disable(logging.NOTSET)


def plugin_names(kind: str) -> Completer:
    """Return a completer of the names of plugins of a kind, such as ``detector``."""
    return _completer(lambda: _specs(kind))


def _specs(kind: str) -> dict[str, str]:
    offered = PluginManager.discover(quiet=True).offered(kind)
    return {spec.name: spec.summary for spec in offered}


def _any_plugins() -> dict[str, str]:
    return {spec.name: spec.summary for spec in PluginManager.discover(quiet=True).specs}


def _surveys() -> dict[str, str]:
    from sciarada.simulation.survey import survey_names

    return dict.fromkeys(survey_names(), "")


def _weights() -> dict[str, str]:
    return dict(_stored())


def _stored() -> Iterator[tuple[str, str]]:
    from sciarada.nn.extractors import extractor_names
    from sciarada.nn.store import stored_weights

    manager = PluginManager.discover(quiet=True)
    yield "default", "the weights that are used by default"
    for weights in stored_weights(manager):
        yield weights.name, f"from {weights.owner}"
    for name in extractor_names(manager):
        yield name, "an encoder without weights"


def _extractors() -> dict[str, str]:
    offered = PluginManager.discover(quiet=True).offered(EncoderSpec)
    return {spec.name: spec.summary for spec in offered if not spec.needs_weights}


any_plugin_names = _completer(_any_plugins)
survey_names = _completer(_surveys, files=True)
weights_names = _completer(_weights, files=True)
extractor_names = _completer(_extractors)
