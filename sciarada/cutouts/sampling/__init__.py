"""Where the cutouts of a training set are taken."""
