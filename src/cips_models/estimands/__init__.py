"""Levels, changes, improved shares; the one interval policy."""
