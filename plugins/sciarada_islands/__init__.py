"""Source detector ``islands``: thresholded, flood-filled islands at several scales."""
