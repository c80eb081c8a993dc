"""Object references: ``package.module`` and ``package.module:attribute``."""

from __future__ import annotations

import importlib
import re
from typing import Any, NamedTuple

_EXTRAS = re.compile(r"\s*\[[^\]]*\]\s*$")


class Reference(NamedTuple):
    """A reference to an object by module and name.

    Attributes
    ----------
    module : str
        Dotted name of the module.
    attribute : str
        Dotted name within the module; empty for the module itself.
    """

    module: str
    attribute: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Return the reference that a text spells; extras in brackets are ignored.

        Raises
        ------
        ValueError
            If the text is not an object reference.

        Examples
        --------
        >>> Reference.parse("package.module:Class [extra]")
        Reference(module='package.module', attribute='Class')
        """
        module, colon, attribute = (
            part.strip() for part in _EXTRAS.sub("", text).strip().partition(":")
        )
        named = [*module.split("."), *(attribute.split(".") if colon else ())]
        if not all(name.isidentifier() for name in named):
            raise ValueError(f"{text!r} is not an object reference such as 'module:attribute'")
        return cls(module, attribute)

    def load(self) -> Any:
        """Import the module and return the object."""
        found: Any = importlib.import_module(self.module)
        for name in self.attribute.split(".") if self.attribute else ():
            found = getattr(found, name)
        return found
