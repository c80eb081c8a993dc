"""Kill every command at random moments, and check that nothing is lost and nothing is left.

`benchmarks/README.md` says how it is run.
"""
