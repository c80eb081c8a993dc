"""What self-supervised encoders are worth, and what they cost."""
