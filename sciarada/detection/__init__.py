"""From tiles to islands: detectors on tiles, scales, stitching, batches."""
