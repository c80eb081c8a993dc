"""Execution of the work: executors, workers, threads, signals and progress."""
