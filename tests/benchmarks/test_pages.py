import sys

from benchmarks import pages


def test_a_page_says_what_was_measured_and_how(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PAGES", tmp_path / "docs")
    monkeypatch.setattr(sys, "argv", ["anywhere/speed.py", "--runs", "3"])
    body = pages.table(("finder", "wall, s"), [("islands", 1.5)])
    text = pages.write_page("speed_small", "Speed", body, {"python": "3.12"}).read_text()
    assert text.startswith("# Speed\n\n| finder | wall, s |\n| --- | ---: |\n| islands | 1.5 |\n")
    assert "python -m benchmarks.speed --runs 3\n" in text
    assert "- versions: python 3.12\n" in text
