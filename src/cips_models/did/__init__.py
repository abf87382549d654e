"""Difference in differences: effects, what identifies them, what would overturn them."""
