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
    ],
)
def test_missing(requirement):
    assert missing_requirements(["pluggy", requirement]) == (requirement,)


def test_nothing_is_imported(install_plugin):
    module = install_plugin("loud", "raise RuntimeError('imported')")
    assert missing_requirements([module, f"{module}.part"]) == (f"{module}.part",)
    assert module not in sys.modules


def test_what_cannot_be_understood():
    with pytest.raises(ValueError, match="the requirement 'a b c' cannot be understood"):
        missing_requirements(["a b c"])


def test_the_install_command_can_be_pasted_into_a_shell():
    wanted = ["torch>=2.9", "detectron2 @ git+https://example.org/d.git"]
    assert shlex.split(install_command(wanted)) == ["pip", "install", *wanted]
