"""Geometry of pixels and sky: windows, projections, frames and beams."""
