"""Options and values that had another name before, which is accepted but not listed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import click

logger = logging.getLogger(__name__)


class RenamedOption(click.Option):
    """An option that is also accepted under earlier names.

    Parameters
    ----------
    *args, **kwargs
        As of `click.Option`.
    formerly : tuple of str
        Earlier names, such as ``--rate``, or the name of a `FormerArgument`. The help does not
        show them; using one logs the present name. The present name has precedence where both
        are given.
    """

    def __init__(self, *args: Any, formerly: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formerly = formerly

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Register the earlier names with the parser, each with a separate value."""
        super().add_to_parser(parser, ctx)
        action = "append" if self.multiple else "store"
        for old in self._former_options():
            how = {"action": action, "nargs": self.nargs}
            if self.is_flag:
                how = {"action": f"{action}_const", "const": True}
            parser.add_option(obj=self, opts=[old], dest=old, **how)

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, Any]:
        """Take the value of an earlier name where the present one was not given."""
        for old in self._former_options():
            if old in opts:
                logger.warning("the option %s is now called %s", old, self.opts[-1])
                opts.setdefault(self.name, opts.pop(old))
        for old in set(self.formerly).difference(self._former_options()):
            if isinstance(opts.get(old), str):
                logger.warning("%s is now given as %s %s", opts[old], self.opts[-1], opts[old])
                opts.setdefault(self.name, opts[old])
        return super().consume_value(ctx, opts)

    def _former_options(self) -> list[str]:
        return [name for name in self.formerly if name.startswith("-")]


class FormerArgument(click.Argument):
    """An argument that has become an option; its `RenamedOption` takes the value."""

    def __init__(self, declarations: Sequence[str], **kwargs: Any) -> None:
        how: dict[str, Any] = {"required": False, "metavar": "", "expose_value": False}
        super().__init__(declarations, **(how | kwargs))


class RenamedChoice(click.Choice):
    """A choice of which some values had other names before.

    Parameters
    ----------
    choices : sequence of str
        The present values.
    formerly : mapping of str to str
        Present value of each earlier one. The help does not show the earlier ones; using one
        logs the present value.
    """

    def __init__(self, choices: Sequence[str], formerly: Mapping[str, str]) -> None:
        super().__init__(choices)
        self.formerly = formerly

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the chosen value."""
        if value in self.formerly:
            name = param.opts[-1] if param else "value"
            logger.warning("%s %s is now called %s", name, value, self.formerly[value])
            value = self.formerly[value]
        return super().convert(value, param, ctx)
