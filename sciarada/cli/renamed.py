"""Options that had another name before: the earlier one is accepted, but not listed."""

from __future__ import annotations

import logging
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
        Earlier names, such as ``--rate``. The help does not show them; using one logs the
        present name. The present name has precedence where both are given.
    """

    def __init__(self, *args: Any, formerly: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formerly = formerly

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Register the earlier names with the parser, each as a value of its own."""
        super().add_to_parser(parser, ctx)
        action = "append" if self.multiple else "store"
        for old in self.formerly:
            how = {"action": action, "nargs": self.nargs}
            if self.is_flag:
                how = {"action": f"{action}_const", "const": True}
            parser.add_option(obj=self, opts=[old], dest=old, **how)

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, Any]:
        """Take the value of an earlier name where the present one was not given."""
        for old in self.formerly:
            if old in opts:
                logger.warning("the option %s is now called %s", old, self.opts[-1])
                opts.setdefault(self.name, opts.pop(old))
        return super().consume_value(ctx, opts)
