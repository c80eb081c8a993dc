"""The pages are true: they build, their examples run, and what they name exists."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import types
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
import pytest
from astropy.io import fits
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from sciarada.cli.commands import BUILTIN
from sciarada.cli.main import main
from sciarada.scaffold import KINDS
from sciarada.simulation.field import simulate_field
from sciarada.simulation.files import write_image

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ROOT / "docs" / "reference" / "api"
PAGES = [
    ROOT / "README.md",
    *sorted(
        path
        for path in (ROOT / "docs").rglob("*.md")
        if not {"_build", "changes"} & set(path.parts) and GENERATED not in path.parents
    ),
]
LARGEST_PICTURE = 300_000  # bytes
HOSTS = {"doi.org", "arxiv.org", "github.com"}
OF_A_MACHINE = re.compile(
    r"/(?:work|opt|root|home|tmp)/|\bpy[p]i\b|python[h]osted|ana[c]onda|np[m]js", re.IGNORECASE
)


def fences(page: Path, language: str) -> list[Token]:
    tokens = MarkdownIt().parse(page.read_text())
    return [token for token in tokens if token.type == "fence" and token.info == language]


def with_fences(language: str) -> list[Path]:
    return [page for page in PAGES if fences(page, language)]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", with_fences("python"), ids=name_of)
def test_python_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for fence in fences(page, "python"):
        module = types.ModuleType("example_of_a_page")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        # Blank lines before it, so that a traceback shows the line of the page.
        code = "\n" * (fence.map[0] + 1) + fence.content
        exec(compile(code, name_of(page), "exec"), module.__dict__)


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    """A folder with the images, pictures and tables that the pages use."""
    folder = tmp_path_factory.mktemp("images")
    write_image(simulate_field("emu", size=256, seed=1).image, folder / "flat.fits")
    pixels, header = fits.getdata(folder / "flat.fits", header=True)
    (folder / "flat.fits").unlink()
    header.update({"CTYPE3": "FREQ", "CRVAL3": 1e9, "CDELT3": 1e6, "CRPIX3": 1.0})
    header.update({"CTYPE4": "STOKES", "CRVAL4": 1.0, "CDELT4": 1.0, "CRPIX4": 1.0})
    fits.writeto(folder / "image.fits", pixels[None, None], header)
    fits.writeto(folder / "cube.fits", np.zeros((1, 16, 64, 64), np.float32), header)
    science = [fits.ImageHDU(pixels, header, "SCI", ver=version) for version in (1, 2)]
    fits.HDUList([fits.PrimaryHDU(), *science]).writeto(folder / "mosaic.fits")
    (folder / "pictures").mkdir()
    for name in ("a.png", "b.png"):
        noise = np.random.default_rng(1).integers(0, 255, (40, 40), np.uint8)
        Image.fromarray(noise).save(folder / "pictures" / name)
    (folder / "positions.csv").write_text("file,ra,dec\na.png,10.5,-30.1\nb.png,11.5,-30.2\n")
    return folder


def examples(fence: Token) -> Iterator[tuple[str, list[str]]]:
    """Yield each command behind a prompt, and the lines shown below it."""
    lines = fence.content.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
    assert starts[:1] == [0], "a console block begins with a prompt"
    for start, stop in pairwise([*starts, len(lines)]):
        yield lines[start][2:], [line for line in lines[start + 1 : stop] if line.strip()]


@pytest.mark.parametrize("page", with_fences("console"), ids=name_of)
def test_commands_run_and_print_what_is_shown(page, images, tmp_path):
    shutil.copytree(images, tmp_path, dirs_exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for fence in fences(page, "console"):
        for command, shown in examples(fence):
            run = subprocess.run(
                ["bash", "-c", command],
                cwd=tmp_path,
                env=os.environ | {"PATH": path},
                capture_output=True,
                text=True,
                timeout=300,
            )
            printed = run.stdout + run.stderr
            refused = bool(shown) and shown[0].startswith("sciarada: ")
            assert run.returncode == (2 if refused else 0), f"{command}\n{printed}"
            if refused:
                assert shown == printed.splitlines()
            # Figures may differ from machine to machine: what a line begins with may not.
            first_words = {line.split()[0] for line in printed.splitlines() if line.strip()}
            assert {line.split()[0] for line in shown} - {"..."} <= first_words, command


def command_lines(page: Path) -> Iterator[list[str]]:
    """Yield the words of each `sciarada ...` in a block or in the text of a page."""
    for token in MarkdownIt().enable("table").parse(page.read_text()):
        pieces = []
        if token.type == "fence" and token.info in ("console", "text", "sh"):
            pieces = re.split(r"\n|&&", token.content.replace("\\\n", " "))
        elif token.type == "inline":
            pieces = [child.content for child in token.children if child.type == "code_inline"]
        for piece in pieces:
            piece = piece.strip().removeprefix("$ ")
            if piece.startswith("sciarada "):
                yield shlex.split(piece, comments=True)


def options_of(command: click.Command, context: click.Context) -> set[str]:
    found = {o for p in command.get_params(context) for o in (*p.opts, *p.secondary_opts)}
    if isinstance(command, click.Group) and command is not main:
        for name in command.list_commands(context):
            found |= options_of(command.get_command(context, name), context)
    return found


@pytest.fixture(scope="module")
def options() -> dict[str, set[str]]:
    """Options of each command, and of all of them under the empty name."""
    context = click.Context(main, info_name="sciarada")
    everywhere = options_of(main, context)
    found = {
        name: everywhere | options_of(main.get_command(context, name), context) for name in BUILTIN
    }
    return found | {"": everywhere.union(*found.values())}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_and_option_exists(page, options):
    for words in command_lines(page):
        named = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        verb = next((word for word in words[1:] if not word.startswith("-")), "")
        if re.fullmatch(r"[a-z]+", verb):
            assert verb in BUILTIN, words
        assert named <= options.get(verb, options[""]), words
    alone = set(re.findall(r"`(--[a-z][a-z0-9-]*)", page.read_text()))
    assert alone <= options[""]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_place_on_a_machine_or_a_strange_host(page):
    text = page.read_text()
    assert not OF_A_MACHINE.search(text)
    assert set(re.findall(r"https?://([^/\s)>`\"]+)", text)) <= HOSTS


def test_links_and_pictures_of_the_readme_exist():
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text())
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_pictures_are_small():
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > LARGEST_PICTURE] == []


def test_the_glossary_is_in_alphabetical_order_and_every_term_has_a_definition():
    (fence,) = fences(ROOT / "docs" / "reference" / "glossary.md", "{glossary}")
    entries = [entry.split("\n") for entry in fence.content.strip().split("\n\n")]
    assert all(len(entry) == 2 and re.match(r"  \S.*\.$", entry[1]) for entry in entries)
    terms = [re.sub(r"[^a-z0-9 ]", "", term.lower()) for term, _ in entries]
    assert terms == sorted(set(terms))


def test_the_site_builds_without_a_warning(tmp_path):
    source = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", source, ignore=shutil.ignore_patterns("_build", "api"))
    build = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "docs", "site"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert build.returncode == 0, build.stderr
    assert (tmp_path / "site" / "reference" / "api" / "sciarada.core.image.html").is_file()
    examples = (tmp_path / "site" / "how-to" / "plugin-of-each-kind.html").read_text()
    shown = set(re.findall(r"sciarada_example/(\w+)\.py", examples))
    assert shown == {"__init__"} | {kind.module for kind in KINDS.values()}


def test_the_install_command_of_the_readme_is_what_ci_runs():
    lines = (ROOT / "README.md").read_text().splitlines()
    (tests,) = [line for line in lines if re.match(r"python3 -m venv .* && pytest", line)]
    (demo,) = [line for line in lines if re.match(r"python3 -m venv .* && sciarada demo$", line)]
    assert '".[test]"' in tests
    assert " pip install . " in demo
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
