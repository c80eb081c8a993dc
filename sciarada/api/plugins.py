"""The plugins that are installed."""

from __future__ import annotations

from sciarada.hooks.manager import PluginManager


def list_plugins(kind: str | None = None) -> list[str]:
    """Return the names of the plugins that are installed.

    Parameters
    ----------
    kind : str, optional
        Such as ``detector``, ``encoder`` or ``augmentation``; all by default.

    Returns
    -------
    list of str

    See Also
    --------
    detect : Uses a detector.
    pretrain : Uses an encoder and augmentations.

    Examples
    --------
    >>> import sciarada as sc
    >>> sc.list_plugins("detector")
    ['islands']
    """
    manager = PluginManager.discover()
    return [spec.name for spec in (manager.specs if kind is None else manager.offered(kind))]
