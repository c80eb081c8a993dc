"""Catalogues of other source finders, read into columns with the names of SCIARADA."""
