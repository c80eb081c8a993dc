"""Samplers: where on the sky a set of cutouts is taken. They yield positions, never pixels."""
