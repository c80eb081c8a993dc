"""What features are worth: simple classifiers on top of them, and the network taught further."""
