"""The tables of docs/reference/catalogue.md are those of the schema."""

import pytest

from sciarada.core.schema import COMPONENT_COLUMNS, SOURCE_COLUMNS, Flag


def column_table(columns):
    """Return the table of columns as the page shows it."""
    lines = [
        "| column | type | unit | UCD | what |",
        "|---|---|---|---|---|",
    ]
    for spec in columns.values():
        name = f"`{spec.name}`" + ("" if spec.core else " *")
        unit = spec.unit or ""
        lines.append(f"| {name} | {spec.dtype} | {unit} | `{spec.ucd}` | {spec.description} |")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("title", "columns"), [("sources", SOURCE_COLUMNS), ("components", COMPONENT_COLUMNS)]
)
def test_the_page_shows_every_column(title, columns, repository):
    page = (repository / "docs" / "reference" / "catalogue.md").read_text()
    table = column_table(columns)
    assert table in page, (
        f"put this table of the {title} into docs/reference/catalogue.md:\n{table}"
    )


def test_the_page_explains_every_flag(repository):
    page = (repository / "docs" / "reference" / "catalogue.md").read_text()
    for flag in Flag:
        assert f"| {flag.value} | `{flag.name}` |" in page
