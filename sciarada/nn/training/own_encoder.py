"""Encoders that no installed plugin offers, trained in the same way as those of plugins."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from torch import nn

from sciarada.errors import OptionError
from sciarada.hooks.owner import Owner
from sciarada.hooks.protocols import Pretrainer
from sciarada.hooks.specs import EncoderSpec


def spec_of(encoder: Pretrainer | Callable[[], Pretrainer]) -> EncoderSpec:
    """Return the declaration of an encoder that is given as an object.

    Parameters
    ----------
    encoder : `torch.nn.Module` or callable
        A `~sciarada.hooks.protocols.Pretrainer`, which is trained in place, or what makes one
        without arguments, such as its class: then its first weights follow from the seed of the
        training.

    Raises
    ------
    OptionError
        If it is neither.
    """
    if isinstance(encoder, nn.Module):
        return _spec(type(encoder), lambda: encoder)
    if callable(encoder):
        return _spec(encoder, encoder)
    raise OptionError(
        "encoder is the name of an encoder, a Pretrainer, or what makes one without arguments, "
        f"not {encoder!r}"
    )


def _spec(named: Any, factory: Callable[[], Any]) -> EncoderSpec:
    title = getattr(named, "__name__", type(named).__name__)
    name = re.sub(r"[^a-z0-9_.-]", "-", title.lower()).strip("-_.") or "own"
    module = str(getattr(named, "__module__", "python"))
    owner = Owner(module, module, "", module)
    return EncoderSpec(name=name, summary=f"{title} of {module}", factory=factory, owner=owner)
