"""Measuring: background, islands, Gaussians, shapes; the same for every detector."""
