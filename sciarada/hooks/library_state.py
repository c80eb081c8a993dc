"""Settings of libraries; only of those that are imported already, since others were not used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from sciarada.hooks.setting import Setting


def _of(
    library: str, name: str, read: Callable[[Any], Any], write: Callable[[Any, Any], Any]
) -> Setting:
    """Return a setting of a library; its value is None if the library is not imported."""

    def read_loaded() -> Any:
        return read(sys.modules[library]) if library in sys.modules else None

    def put_back(before: Any) -> bool:
        if before is None or read_loaded() == before:
            return False
        write(sys.modules[library], before)
        return True

    return Setting(f"{name} of {library}", read_loaded, put_back)


def _set_printing(numpy: Any, options: dict[str, Any]) -> None:
    numpy.set_printoptions(**options)


def _appearance(matplotlib: Any) -> dict[str, Any]:
    """Return the parameters of figures, apart from the window system, which is not used."""
    return {name: v for name, v in matplotlib.rcParams.copy().items() if "backend" not in name}


def _set_appearance(matplotlib: Any, before: dict[str, Any]) -> None:
    now = _appearance(matplotlib)
    matplotlib.rcParams.update({name: v for name, v in before.items() if now.get(name) != v})


LIBRARIES = (
    _of("numpy", "error handling", lambda m: m.geterr(), lambda m, v: m.seterr(**v)),
    _of("numpy", "print options", lambda m: m.get_printoptions(), _set_printing),
    _of("matplotlib", "parameters", _appearance, _set_appearance),
    _of(
        "torch", "number type", lambda m: m.get_default_dtype(), lambda m, v: m.set_default_dtype(v)
    ),
    _of("torch", "threads", lambda m: m.get_num_threads(), lambda m, v: m.set_num_threads(v)),
    _of("torch", "gradients", lambda m: m.is_grad_enabled(), lambda m, v: m.set_grad_enabled(v)),
    _of("torch", "device", lambda m: m.get_default_device(), lambda m, v: m.set_default_device(v)),
)
