"""Samplers that choose the positions of the cutouts of a training set."""
