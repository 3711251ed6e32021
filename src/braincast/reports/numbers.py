"""How numbers and names are written for people: fixed digits, a dash for what is undefined, nothing unprintable."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

DASH = "–"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: object) -> str:
    """The text without control, escape or direction-changing characters, which could forge what surrounds it."""
    return "".join(_shown(c) for c in str(text))


def decimal(value: float | None, digits: int = 3, *, signed: bool = False) -> str:
    """`0.732`, or `+0.053` when signed; a dash for None.

    A value that rounds to zero has no minus sign, unless signs are shown: -0.0004 is the lower end of a lead that may
    be none, and "+0.000" would say that it is one.
    """
    if value is None:
        return DASH
    if signed:
        return f"{value + 0.0:+.{digits}f}"  # + 0.0 turns -0.0 into 0.0
    return f"{round(value, digits) + 0.0:.{digits}f}"


def interval(ci: Sequence[float] | None, digits: int = 3, *, signed: bool = False) -> str:
    """`0.689 to 0.772`; a dash where there is no interval."""
    return DASH if ci is None else " to ".join(decimal(bound, digits, signed=signed) for bound in ci)


def percent(share: float | None) -> str:
    """`35 %`; a dash for None."""
    return DASH if share is None else f"{decimal(100 * share, 0)} %"


def p_value(p: float | None) -> str:
    """Three decimals; what would round to zero is written as `< 0.001`."""
    return "< 0.001" if p is not None and p < 0.0005 else decimal(p)


def count(number: int | None) -> str:
    """`23,902`; a dash for None."""
    return DASH if number is None else f"{number:,}"


def duration(seconds: float | None) -> str:
    """`0.06 s`, `12 s`, `3 min 58 s`, `2 h 5 min`; a dash for None."""
    if seconds is None:
        return DASH
    if seconds < 9.95:
        digits = 2 if seconds < 0.995 else 1
        return f"{seconds:.{digits}f} s" if seconds >= 0.005 else "< 0.01 s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"


def sentence(text: str) -> str:
    """The text with a capital at its beginning and a full stop at its end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def typographic(text: str) -> str:
    """The same with a true minus sign; for pages, since some terminals cannot show it."""
    return text.replace("-", "−")


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return " " if character in "\r\n\t" else _REPLACEMENT
