"""The multiverse: one effect under every declared combination of an analyst's choices."""
