"""The HDUs of a FITS file: layout, purpose and selection."""
