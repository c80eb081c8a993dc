"""The restoring beam of a plane of an image, wherever its file states it."""
