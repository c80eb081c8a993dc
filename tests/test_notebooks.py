"""The notebooks run without a warning, draw pictures, and are kept as a newcomer can read them."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))
IMPORTS = {"sciarada", "astropy", "matplotlib", "numpy"}
LONGEST = 120  # characters of a line of code


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_three():
    names = {path.stem for path in NOTEBOOKS}
    assert names == {"first-catalogue", "from-cutouts-to-features", "compare-two-finders"}
    index = (ROOT / "docs" / "index.md").read_text()
    assert all(f"tutorials/{name}\n" in index for name in names)


def test_it_is_kept_without_outputs(notebook):
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_it_imports_sciarada_and_what_astronomers_know(notebook):
    for node in ast.walk(ast.parse("\n".join(code(notebook)))):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        else:
            continue
        assert all(name.partition(".")[0] in IMPORTS for name in names)
        assert all(name == "sciarada" for name in names if name.startswith("sciarada"))


def test_its_text_leads_through_the_code(notebook):
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    assert kinds.count("markdown") >= kinds.count("code") - 2
    assert max(len(line) for text in code(notebook) for line in text.splitlines()) <= LONGEST


def test_it_runs_without_a_warning_and_draws(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    strict = nbformat.v4.new_code_cell("import warnings\nwarnings.simplefilter('error')")
    calm = nbformat.v4.new_code_cell("warnings.resetwarnings()  # the kernel warns when it ends")
    notebook.cells = [strict, *notebook.cells, calm]
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    outputs = [each for cell in notebook.cells for each in cell.get("outputs", ())]
    shown = [
        each.data for each in outputs if each.output_type in ("display_data", "execute_result")
    ]
    assert sum("image/png" in data for data in shown) >= 2
    assert not [each.text for each in outputs if each.get("name") == "stderr"]
    assert not re.search(r"0 sources", "".join(each.get("text", "") for each in outputs))
