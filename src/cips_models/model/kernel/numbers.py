"""Numbers that all parts of the kernel use."""

#: Below any likelihood that doubles can hold.
TINY = 1e-290

#: What the compiler may take for granted.  Reordering sums is harmless here; infinities and
#: NaN keep their meaning.
FAST = {"reassoc", "contract", "arcp"}
