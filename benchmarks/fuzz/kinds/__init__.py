"""Kinds of input, one per module: each has ``make``, which returns the trial of a seed."""
