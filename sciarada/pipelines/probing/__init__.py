"""The steps of `sciarada probe`."""
