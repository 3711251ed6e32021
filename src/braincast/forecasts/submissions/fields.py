"""The types of a declaration's fields: what each may hold, as annotations that pydantic checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sized
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from braincast.forecasts.submissions.addresses import flaw_of_contact, flaw_of_link
from braincast.forecasts.submissions.texts import Flaw, flaw_of_text, shown, spelled

LARGEST_INTEGER = 2**63 - 1


def refusal(flaw: Flaw) -> PydanticCustomError:
    """A flaw in the form that a validator raises; its code is the error's type."""
    return PydanticCustomError(flaw.code, "{what}", {"what": flaw.what, "fix": flaw.fix})


def obeys(rule: Callable[[Any], Flaw | None]) -> AfterValidator:
    """A value in which `rule` finds no flaw."""

    def check(value: Any) -> Any:
        flaw = rule(value)
        if flaw is not None:
            raise refusal(flaw)
        return value

    return AfterValidator(check)


def text(most: int, **options: bool) -> AfterValidator:
    """Free text of up to `most` characters; the options are those of `flaw_of_text`."""
    return obeys(lambda found: flaw_of_text(found, most=most, **options))


def shaped(pattern: str, words: str) -> AfterValidator:
    """A text that matches `pattern` as a whole, which `words` describe."""
    compiled = re.compile(pattern, re.ASCII)

    def rule(found: str) -> Flaw | None:
        if compiled.fullmatch(found):
            return None
        return Flaw("E607", f"found {spelled(found)}; expected {words}", "Write it in these characters")

    return obeys(rule)


def between(lowest: int, highest: int) -> AfterValidator:
    """A number in a range, both ends included; NaN is in none."""

    def rule(found: int | float) -> Flaw | None:
        if lowest <= found <= highest:
            return None
        return Flaw("E607", f"found {plainly(found)}; expected a number from {lowest} to {highest}", "Correct it")

    return obeys(rule)


def several(fewest: int, most: int) -> AfterValidator:
    """A list or table with so many entries."""

    def rule(found: Sized) -> Flaw | None:
        if fewest <= len(found) <= most:
            return None
        words = f"{len(found):,} entries; expected {fewest} to {most}"
        return Flaw("E607", f"found {words}", "Add what is missing" if len(found) < fewest else "List fewer")

    return obeys(rule)


def _flaw_of_repetition(found: Iterable[Hashable]) -> Flaw | None:
    seen: set[Hashable] = set()
    for entry in found:
        key = " ".join(entry.split()).casefold() if isinstance(entry, str) else entry
        if key in seen:
            return Flaw("E607", f"{plainly(entry)} occurs twice", "List each once")
        seen.add(key)
    return None


def plainly(found: Any) -> str:
    """A value from a declaration in words: short, printable, in one line."""
    if isinstance(found, str):
        return shown(found)
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, int):
        return str(found) if abs(found) <= LARGEST_INTEGER else "a whole number beyond 64 bits"
    if isinstance(found, float):
        return repr(found)
    return {"list": "a list", "tuple": "a list", "dict": "a table"}.get(type(found).__name__, "a date or time")


distinct = obeys(_flaw_of_repetition)

_T = TypeVar("_T")
_NAME_WORDS = "1 to 64 of a-z, 0-9, '.', '_' and '-', without '..', beginning with a letter or digit"
# TOML has lists where the declaration has tuples, which nobody can change.
Listed = Annotated[tuple[_T, ...], Field(strict=False)]
Seed = Annotated[int, between(0, LARGEST_INTEGER)]
Name = Annotated[str, shaped(r"(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,63}", _NAME_WORDS)]
Sha256 = Annotated[str, shaped("[0-9a-f]{64}", "64 hexadecimal digits in lower case")]
Link = Annotated[str, obeys(flaw_of_link)]
Contact = Annotated[str, obeys(flaw_of_contact)]
Licence = Annotated[
    str,
    shaped(r"[A-Za-z0-9(][A-Za-z0-9.+() -]{0,199}", "an SPDX expression such as 'Apache-2.0' or 'MIT OR CC-BY-4.0'"),
]
Package = Annotated[str, shaped("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "a package's name in up to 64 ASCII characters")]
Version = Annotated[str, shaped("[A-Za-z0-9][A-Za-z0-9.+!_-]{0,63}", "a version in up to 64 ASCII characters")]
