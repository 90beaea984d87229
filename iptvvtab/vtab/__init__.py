"""vtab."""
