"""How numbers are printed, in charts and in the report alike, as the language writes them."""

import math

import pandas as pd

from cips_models.numerals import alike, local
from cips_models.wording import _, ngettext

#: Stands for a number that does not apply.
NONE = "–"

#: Between thousands.
_THIN = "\N{NARROW NO-BREAK SPACE}"

#: Stands for a number of people that is withheld: confidential.
WITHHELD = "[c]"


def points(value: float, digits: int = 1) -> str:
    """Signed difference, with a real minus sign; what rounds to zero has no sign."""
    if math.isnan(value):
        return NONE
    if (rounded := round(value, digits)) == 0:
        return local(f"{0:.{digits}f}")
    return _written(f"{rounded:+,.{digits}f}")


def amount(value: float, digits: int = 1) -> str:
    """Unsigned quantity: a level, a share."""
    if math.isnan(value):
        return NONE
    return _written(f"{value:,.{digits}f}")


def plain(value: float) -> str:
    """A number that was chosen, with as many digits as it has: "0.5", "2"."""
    return _written(f"{value:,g}")


def _written(printed: str) -> str:
    """With a real minus, thin spaces between thousands, and the decimal sign of the language."""
    return local(printed.replace("-", "\N{MINUS SIGN}").replace(",", _THIN))


def in_points(value: float, digits: int | None = None, *, signed: bool = False) -> str:
    """A number with its unit: "1 point", "+1.5 points"; without ``digits`` one that was chosen."""
    if digits is None:
        printed, number = f"{value:g}", plain(value)
    else:
        printed = f"{value:.{digits}f}"
        number = (points if signed else amount)(value, digits)
    return ngettext("{n} point", "{n} points", alike(printed)).format(n=number)


def probability(value: float) -> str:
    """Probability to two decimals, never as the certainty that 0.00 or 1.00 would claim."""
    if math.isnan(value):
        return NONE
    if value < 0.01:
        return local("< 0.01")
    if value > 0.99:
        return local("> 0.99")
    return local(f"{value:.2f}")


def p_value(value: float) -> str:
    """P-value to three decimals, never as zero: "0.029", "< 0.001"."""
    if math.isnan(value):
        return NONE
    return local("< 0.001" if value < 0.001 else f"{value:.3f}")


def p_is(value: float) -> str:
    """P-value with its name: "p = 0.029", "p < 0.001"."""
    template = _("p {number}") if value < 0.001 else _("p = {number}")
    return template.format(number=p_value(value))


def count(value: float) -> str:
    """Whole number with thin spaces between thousands."""
    if pd.isna(value):
        return NONE
    return f"{int(value):,}".replace(",", _THIN)


def count_or_withheld(value: float) -> str:
    """Number of people, or the mark of one that is withheld: confidential."""
    return WITHHELD if pd.isna(value) else count(value)


def span(lower: float, upper: float, *, signed: bool = True, digits: int = 1) -> str:
    """Print the ends of an interval: "+0.4 to +5.9"."""
    written = points if signed else amount
    return _("{lower} to {upper}").format(
        lower=written(lower, digits), upper=written(upper, digits)
    )


def with_span(mean: float, lower: float, upper: float) -> str:
    """Print a signed estimate and its interval: "+3.1 (+0.4 to +5.9)"."""
    return _("{estimate} ({span})").format(estimate=points(mean), span=span(lower, upper))
