"""FITS images in; tables, regions and maps out."""
