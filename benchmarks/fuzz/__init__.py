"""Give the command line damaged input by the thousand, and judge how each command ends.

`benchmarks/README.md` says how it is run and how a kind of input is added.
"""
