"""Honest scores: what was found against what is there, with confidence intervals."""
