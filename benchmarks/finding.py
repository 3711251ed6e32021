"""A finding that documents may quote, and how its figures are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pages import with_interval

Recorded = Callable[[str], Any]
DECIDE = ("identity-permuted", "degree-preserving")


@dataclass(frozen=True)
class Finding:
    """A question, what is known of it, and what that is held against."""

    question: str
    answer: str
    floor: str
    ceiling: str
    null: str
    command: str
    page: str
    brief: tuple[str, str, str, str] | None = None  # answer, floor, ceiling and null in the README


def signed(found: dict[str, Any]) -> str:
    """A difference with its interval."""
    return with_interval(found, "+.3f")


def lead(arm: dict[str, Any]) -> str:
    """The lead over an arm of a wiring test."""
    return signed({"value": arm["difference"], "ci": arm["ci"]})
