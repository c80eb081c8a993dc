"""The restoring beam of a plane of an image, wherever the file states it."""
