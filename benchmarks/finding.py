"""A finding that documents may quote, and how its figures are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pages import with_interval

Recorded = Callable[[str], Any]
DECIDE = ("identity-permuted", "degree-preserving")


@dataclass(frozen=True)
class Told:
    """What is known, and what it is held against."""

    answer: str
    floor: str
    ceiling: str
    null: str


@dataclass(frozen=True)
class Finding:
    """A question, and what is known of it: in full for its page, in brief for tables."""

    question: str
    over: str  # whom or what the intervals are over
    full: Told
    brief: Told
    command: str
    page: str
    in_readme: bool = False


def signed(found: dict[str, Any]) -> str:
    """A difference with its interval."""
    return with_interval(found, "+.3f")


def lead(arm: dict[str, Any]) -> str:
    """The lead over an arm of a wiring test."""
    return signed({"value": arm["difference"], "ci": arm["ci"]})
