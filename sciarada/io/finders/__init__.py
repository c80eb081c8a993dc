"""Catalogues of other source finders, read as they are into columns named as ours."""
