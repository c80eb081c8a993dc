"""The board: every encoder on every task, with intervals and differences to a reference."""
