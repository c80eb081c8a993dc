"""Requirements are looked up, never imported."""

import importlib.metadata
import shlex
import sys

import pytest

from sciarada.hooks.requirements import install_command, missing_requirements

NUMPY = importlib.metadata.version("numpy")


@pytest.mark.parametrize(
    "requirement",
    [
        "numpy",
        "numpy>=1",
        f"numpy=={NUMPY}",
        "xml",
        "xml.dom.minidom",
        "astropy.wcs",
        "pluggy @ https://example.org/pluggy.zip",
        "numpy>=99; python_version < '3'",
        "erfa>=2",  # a module of the distribution pyerfa
        "pytest-xdist",
        "sciarada[docs]",
        "sciarada[docs,web]>=0.0.1",
    ],
)
def test_met(requirement):
    assert missing_requirements([requirement]) == ()


@pytest.mark.parametrize(
    "requirement",
    [
        "numpy>=99",
        "no_such_module_xyz",
        "no_such_module_xyz>=1",
        "xml.no_such_part",
        "xml.dom.minidom.deeper",
        "no_such_module_xyz.part",
        "detectron-nine @ git+https://example.org/d.git",
        "numpy>=99; python_version > '3'",
        "xml>=1",
        "numpy[no_such_extra]",
        "numpy[no_such_extra]>=1",
        "sciarada[docs]>=99",
    ],
)
def test_missing(requirement):
    assert missing_requirements(["pluggy", requirement]) == (requirement,)


def test_nothing_is_imported(install_plugin):
    module = install_plugin("loud", "raise RuntimeError('imported')")
    assert missing_requirements([module, f"{module}.part"]) == (f"{module}.part",)
    assert module not in sys.modules


def test_an_extra_is_met_when_all_that_it_brings_is(tmp_path, monkeypatch):
    metadata = tmp_path / "brings-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    lines = [
        "Metadata-Version: 2.1\nName: brings\nVersion: 1.0",
        "Provides-Extra: good\nProvides-Extra: bad\nProvides-Extra: both",
        "Requires-Dist: no_such_module_xyz; python_version < '3'",
        "Requires-Dist: numpy>=1; extra == 'good'",
        "Requires-Dist: numpy>=99; extra == 'bad'",
        "Requires-Dist: brings[good,bad]; extra == 'both'",
    ]
    metadata.write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(tmp_path)
    wanted = ["brings", "brings[good]", "brings[bad]", "brings[good,bad]", "brings[both]"]
    assert missing_requirements(wanted) == tuple(wanted[2:])


def test_what_cannot_be_understood():
    with pytest.raises(ValueError, match="the requirement 'a b c' cannot be understood"):
        missing_requirements(["a b c"])


def test_the_install_command_can_be_pasted_into_a_shell():
    wanted = ["torch>=2.9", "detectron2 @ git+https://example.org/d.git"]
    assert shlex.split(install_command(wanted)) == ["pip", "install", *wanted]
