"""Evidence that the numbers are right: calibration, coverage and error rates, by simulation."""
