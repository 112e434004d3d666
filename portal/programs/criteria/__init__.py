"""The typed conditions of programmes: each a small class with a three-valued answer and its reason."""
