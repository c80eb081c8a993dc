"""Measuring: background, islands, Gaussians, shapes; the same for every detector.

The names of `__all__` are public: plugins are made of them.
"""

from sciarada.measure.bridging import bridges

__all__ = ["bridges"]
