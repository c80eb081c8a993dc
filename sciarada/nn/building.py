"""Build encoders from options; their size is checked before memory is allocated."""

from __future__ import annotations

import os
from itertools import chain
from typing import Any, Literal, overload

import torch
from torch import nn

from sciarada.errors import OptionError, PluginError
from sciarada.hooks.describing import describe_value
from sciarada.hooks.interface import PRETRAINER, check_interface
from sciarada.hooks.specs import EncoderSpec
from sciarada.nn.extractors import check_trainable
from sciarada.nn.modules import EncoderModule, PretrainerModule

BYTES = 4  # of a number


@overload
def build_encoder(
    spec: EncoderSpec, options: Any, most: int | None = None, *, to_train: Literal[True]
) -> PretrainerModule: ...


@overload
def build_encoder(
    spec: EncoderSpec, options: Any, most: int | None = None, *, to_train: bool = False
) -> EncoderModule: ...


def build_encoder(
    spec: EncoderSpec, options: Any, most: int | None = None, *, to_train: bool = False
) -> EncoderModule:
    """Return the encoder of a plugin, if it is not too large and has the needed methods.

    Parameters
    ----------
    spec : EncoderSpec
        What the plugin offers.
    options : object
        Its options.
    most : int, optional
        Most numbers that it may consist of; by default those that fill a quarter of the memory,
        since a training needs three more for each.
    to_train : bool
        Whether it must have what a training calls: `~sciarada.hooks.protocols.Pretrainer`.

    Raises
    ------
    OptionError
        If it would have more numbers, or has none to be trained.
    PluginError
        If it cannot be built, is not a module, or lacks a method.
    """
    check_trainable(spec)
    most = most or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (4 * BYTES)
    count = numbers_in(spec, options)
    if count > most:
        raise OptionError(
            f"the encoder {spec.name!r} would have {count:,} numbers with these options, and "
            f"{most:,} are the most here: choose smaller ones"
        )
    encoder = spec.build(options)
    _check_module(encoder, spec)
    if to_train:
        check_interface(encoder, PRETRAINER, spec, "a training")
    return encoder


def _check_module(encoder: Any, spec: EncoderSpec) -> None:
    """Raise PluginError unless an encoder and its backbone are modules."""
    for of, part in (("", encoder), ("the backbone of ", encoder.backbone)):
        if not isinstance(part, nn.Module):
            raise PluginError(f"{of}{spec.title} is {describe_value(part)} and no torch.nn.Module")


def numbers_in(spec: EncoderSpec, options: Any) -> int:
    """Return the number of parameters of an encoder, without allocating memory for them.

    It is 0 if the encoder needs actual values to be built.
    """
    try:
        with torch.random.fork_rng(devices=[]), torch.device("meta"):
            plan = spec.build(options)
    except PluginError:
        return 0
    if not isinstance(plan, nn.Module):
        return 0
    return sum(tensor.numel() for tensor in chain(plan.parameters(), plan.buffers()))
