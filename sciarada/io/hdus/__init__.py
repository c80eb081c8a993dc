"""The HDUs of a FITS file: where they lie, what they are, and which one is meant."""
