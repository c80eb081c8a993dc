"""The training loop with batches, optimisers and checkpoints."""
