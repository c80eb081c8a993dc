from matplotlib.figure import Figure

from sciarada.report.lettering import drawable, make_drawable
from sciarada.report.page_text import write_html
from sciarada.report.units import group_thousands


def test_what_the_font_lacks_is_escaped():
    assert drawable("Spirale É σ $x_1$") == "Spirale É σ $x_1$"
    assert drawable("星\udcff\x07") == "\\u661f\\udcff\\x07"
    assert drawable("a\nb") == "a\nb"


def test_every_text_of_a_figure_can_be_drawn(tmp_path):
    figure = Figure()
    axes = figure.add_subplot()
    axes.set_title("星系")
    axes.set_xticks([0.5], ["\N{GRINNING FACE}"])
    make_drawable(figure)
    figure.savefig(tmp_path / "figure.png")  # a glyph that is missing would warn
    assert axes.get_title() == "\\u661f\\u7cfb"


def test_pages_hold_any_name(tmp_path):
    write_html(tmp_path / "page.html", "<p>raw \udcff \x07 星系</p>\n")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text == "<p>raw \\udcff \\x07 星系</p>\n"


def test_large_numbers_are_drawn_with_their_spaces():
    assert (
        drawable(f"{group_thousands(1234567)} sources")
        == "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567 sources"
    )
