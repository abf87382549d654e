"""How sure one can be with few countries: permutations, leaving one out, the wild bootstrap."""
