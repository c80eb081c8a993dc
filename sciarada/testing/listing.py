"""Check how a spec is listed beside those of all other plugins."""

from __future__ import annotations

from collections.abc import Iterator

from sciarada.hooks.listing import PluginRow, row_of
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.specs import PluginSpec, ReaderSpec, WriterSpec
from sciarada.io.foreign import OWN_IMAGES, OWN_TABLES
from sciarada.testing.check import Check

VERBS = {"reader": "reads", "writer": "writes"}


def listing_checks(
    spec: PluginSpec, manager: PluginManager, row: PluginRow | None = None
) -> Iterator[Check]:
    """Yield the checks of the entries of ``sciarada plugins``.

    Parameters
    ----------
    spec : PluginSpec
        One of those of the manager.
    manager : PluginManager
        All plugins.
    row : PluginRow, optional
        The row of the spec, if more is known of it than the plugins tell.

    Yields
    ------
    Check

    See Also
    --------
    sciarada.testing.conformance.conformance : Checks of the spec alone.

    Examples
    --------
    >>> from sciarada.hooks.manager import PluginManager
    >>> manager = PluginManager.discover()
    >>> for check in listing_checks(manager.find("detector", "islands"), manager):
    ...     print(check)
    ok     is listed as ready
    """
    row = row or row_of(spec, manager.specs)
    yield Check("is listed as ready", row.state == "ready", row.problem)
    if isinstance(spec, ReaderSpec | WriterSpec):
        problems = [*_own_endings(spec), *_rivals(spec, manager)]
        yield Check("has endings that nothing else uses", not problems, "; ".join(problems))


def _own_endings(spec: ReaderSpec | WriterSpec) -> Iterator[str]:
    """Yield a problem for each ending of a format that SCIARADA knows itself."""
    own = OWN_IMAGES if getattr(spec, "content", "table") == "image" else OWN_TABLES
    for suffix in spec.suffixes:
        if own.search(suffix):
            yield f"SCIARADA itself {VERBS[spec.kind]} {suffix}"


def _rivals(spec: ReaderSpec | WriterSpec, manager: PluginManager) -> Iterator[str]:
    """Yield a problem for each ending that another plugin uses for the same."""
    mine = {suffix.lower() for suffix in spec.suffixes}
    for other in manager.offered(type(spec)):
        same = getattr(other, "content", None) == getattr(spec, "content", None)
        if same and other.owner != spec.owner:
            for suffix in sorted(mine & {each.lower() for each in other.suffixes}):
                yield f"{other.owner} {VERBS[spec.kind]} {suffix}, too"
