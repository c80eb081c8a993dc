"""Where pixels lie on the sky: windows, projections, frames and beams."""
