"""What encoders are trained with: losses, heads, optimisers, rates. Only this needs torch."""
