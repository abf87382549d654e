"""The model: specification, priors, hierarchy, items, likelihood, build."""
