"""Scores of catalogues against the truth, with confidence intervals."""
