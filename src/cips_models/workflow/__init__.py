"""The chain from a survey to an impact assessment: steps, files, record."""
