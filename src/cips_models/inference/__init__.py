"""Sampling, the fit, prediction, diagnosis, comparison."""
