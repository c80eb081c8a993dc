"""Measurements of speed, memory and quality, run by hand from the checkout (see README.md)."""
