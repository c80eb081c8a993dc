"""How work is run: executors, workers, threads, signals and progress."""
