"""The version of the contract with plugins, and whether a plugin fits it.

A plugin says for which version it was written by an attribute of its module,
``SCIARADA_CONTRACT = "1.0"``. One that says nothing was written for version 1.0.
"""

from __future__ import annotations

import re
from typing import Any

CONTRACT = "1.0"
"""Major and minor version: a change that breaks plugins raises the major one."""
ATTRIBUTE = "SCIARADA_CONTRACT"
FIRST = "1.0"
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})")


class ContractError(ValueError):
    """A plugin does not fit the contract that this SCIARADA keeps."""


def check_contract(plugin: Any, kept: str = CONTRACT) -> None:
    """Raise unless a plugin fits the contract.

    Parameters
    ----------
    plugin : module or object
        What the entry point of the plugin refers to.
    kept : str
        The version that is kept.

    Raises
    ------
    ContractError
        If the plugin was written for another major version, or for a later minor one, or states
        no version.
    """
    stated = getattr(plugin, ATTRIBUTE, FIRST)
    wanted = _VERSION.fullmatch(stated) if isinstance(stated, str) else None
    if wanted is None:
        raise ContractError(f"{ATTRIBUTE} must be a version such as {CONTRACT!r}, not {stated!r}")
    major, minor = map(int, wanted.groups())
    own_major, own_minor = map(int, kept.split("."))
    if (major, minor) > (own_major, own_minor):
        raise ContractError(_not_kept(stated, kept, "install a newer SCIARADA"))
    if major < own_major:
        raise ContractError(_not_kept(stated, kept, "install a newer version of the plugin"))


def _not_kept(stated: str, kept: str, remedy: str) -> str:
    return (
        f"was written for version {stated} of the contract with plugins, and this SCIARADA keeps "
        f"version {kept}: {remedy}"
    )
