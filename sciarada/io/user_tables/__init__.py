"""Tables that users bring: labels, truths, catalogues of other finders, positions."""
