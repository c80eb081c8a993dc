"""The objects that flow: images, tiles, cutouts, catalogues, embeddings."""
