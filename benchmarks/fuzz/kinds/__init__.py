"""Kinds of input, one a module: each has ``make``, which returns the trial of a seed."""
