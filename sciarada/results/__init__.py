"""Results of finished runs: tables, regions, maps and pictures."""
