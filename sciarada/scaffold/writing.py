"""Write a new plugin: fill the templates of its kind into a folder that appears whole."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from sciarada.errors import OutputError
from sciarada.hooks.contract import CONTRACT
from sciarada.io.free_names import name_folder, real_path
from sciarada.io.refusals import refusals_explained
from sciarada.running.scratch import scratch_folder
from sciarada.running.stopping import held
from sciarada.scaffold.kinds import KINDS
from sciarada.scaffold.names import PluginName

_SUFFIX = ".j2"
_COMMON = "package"


def render_plugin(name: PluginName, kind: str) -> dict[str, str]:
    """Return the files of a new plugin: their paths in its folder, and their text.

    Parameters
    ----------
    name : PluginName
    kind : str
        One of `KINDS`.

    Examples
    --------
    >>> for path in render_plugin(PluginName("peaks"), "detector"):
    ...     print(path)
    LICENSE
    README.md
    pyproject.toml
    sciarada_peaks/__init__.py
    sciarada_peaks/detector.py
    tests/test_peaks.py
    """
    environment = Environment(
        loader=PackageLoader("sciarada.scaffold"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # the files are Python, TOML and Markdown
    )
    known = {"plugin": name, "kind": KINDS[kind], "contract": CONTRACT}
    files = {}
    for template in environment.list_templates(extensions=["j2"]):
        folder, _, file = template.removesuffix(_SUFFIX).partition("/")
        if folder in (_COMMON, kind):
            files[_place(file, name)] = environment.get_template(template).render(known)
    return dict(sorted(files.items()))


def _place(file: str, name: PluginName) -> str:
    """Return where the file of a template belongs in the folder of the plugin."""
    if not file.endswith(".py"):
        return file
    if file.startswith("test"):
        return f"tests/test_{name.name.replace('-', '_')}.py"
    return f"{name.package}/{file}"


def write_plugin(name: PluginName, kind: str, out: Path) -> list[Path]:
    """Write a new plugin into a new folder.

    Parameters
    ----------
    name : PluginName
    kind : str
        One of `KINDS`.
    out : Path
        Folder to make.

    Returns
    -------
    list of Path
        The files, all of which are in ``out``.

    Raises
    ------
    OutputError
        If the folder exists or cannot be written.
    """
    out = real_path(out)
    if out.exists():
        raise OutputError(f"{out} exists already: choose another folder with --out")
    if not out.parent.is_dir():
        raise OutputError(f"cannot write {out}: there is no folder {out.parent}")
    files = render_plugin(name, kind)
    with refusals_explained(out), scratch_folder(out.parent) as scratch:
        part = scratch.new / out.name
        for path, text in files.items():
            (part / path).parent.mkdir(parents=True, exist_ok=True)
            (part / path).write_text(text, encoding="utf-8")
        with held():
            name_folder(part, out)
    return [out / path for path in files]
