"""Survey skies with known truth: noise, sources, fields, and sources put into real images."""
