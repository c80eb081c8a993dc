"""Plain values of JSON and TOML, and how messages show them."""

import pytest

from sciarada.tabular.plain_values import PlainValueError, plain_value


def test_a_long_list_or_table_is_named_and_not_quoted():
    with pytest.raises(PlainValueError, match=r"^x must be a number, not a list$"):
        plain_value(["dtype"] * 20, float, "x")
    with pytest.raises(PlainValueError, match=r"^x must be a number, not a table of names and"):
        plain_value({"dtype": "a" * 50}, float, "x")
    with pytest.raises(PlainValueError, match=r"^x must be a number, not \[1\]$"):
        plain_value([1], float, "x")
