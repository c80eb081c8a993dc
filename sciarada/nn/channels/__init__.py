"""Conversion of surface brightness to the channels of a network, from 0 to 1."""
