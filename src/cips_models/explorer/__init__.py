"""One page in which a reader explores the results, offline."""
