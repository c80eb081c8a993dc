"""The one escape: reversible, and in printable ASCII."""

from hypothesis import example, given
from hypothesis import strategies as st

from sciarada.tabular.escaping import escape, is_ascii, is_printable, shown, shown_unicode, unescape

any_text = st.text(st.characters())  # lone surrogates included, as in names that are not UTF-8


@given(any_text)
@example("σOct.fits")
@example("name \udcff\n\t\\ ")
@example("  ")
@example("\N{GRINNING FACE}")
def test_what_is_escaped_is_restored(text):
    written = escape(text)
    assert unescape(written) == text
    assert is_ascii(written)


@given(any_text)
def test_what_is_shown_can_be_held(text):
    assert is_ascii(shown(text))
    assert shown_unicode(text).encode("utf-8").decode("utf-8").isprintable()


def test_what_people_read_stays_as_it_is():
    assert shown("field_1 (a) [SCI] #2 100%.fits") == "field_1 (a) [SCI] #2 100%.fits"
    assert shown("C:\\new") == "C:\\new"  # a backslash is printable; only escaped text doubles it
    assert shown_unicode("星系 É") == "星系 É"
    assert not is_printable(" a")
    assert not is_ascii("é")
