"""Probes of features: simple classifiers on top of them, and fine-tuning of the network."""
