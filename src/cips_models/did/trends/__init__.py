"""What the within-country comparison takes for granted: trends, and no spillover."""
