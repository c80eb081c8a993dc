"""Networks and their training: losses, heads, optimisers. Only this package needs torch."""
