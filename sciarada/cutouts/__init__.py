"""Cutouts of the sky and sets of them: positions, pixels, files, overlap."""
