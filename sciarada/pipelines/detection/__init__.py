"""The parts of a detection run: its settings, its steps, and what it writes."""
