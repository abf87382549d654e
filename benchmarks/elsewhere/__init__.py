"""Ours beside what is made elsewhere, run once by hand: see README.md."""
