"""What the verbs return: tables, regions, maps and pictures of finished runs."""
