"""Numbers that all parts of the kernel use."""

#: Below any likelihood that doubles can hold.
TINY = 1e-290
