"""The steps of `sciarada evaluate`."""
