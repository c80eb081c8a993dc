"""SCIARADA: find, classify, group and surface the strange ones among radio sources."""

__version__ = "0.1.dev0"
