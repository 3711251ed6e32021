"""Text and HTML cards: how brains show themselves in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any


def text_card(kind: str, name: str, facts: Mapping[str, Any]) -> str:
    """One line: `Kind 'name': fact value, fact value`; facts that are None are left out."""
    shown = ", ".join(f"{label} {_plain(value)}" for label, value in facts.items() if value is not None)
    title = f"{kind} {name!r}" if name else kind
    return f"{title}: {shown}"


def html_card(kind: str, name: str, facts: Mapping[str, Any]) -> str:
    """A small table for a notebook; every word in it is escaped, facts that are None are left out."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(str(label))}</th><td>{escape(_plain(value))}</td></tr>"
        for label, value in facts.items()
        if value is not None
    )
    title = f"<b>{escape(kind)}</b> {escape(name)}".strip()
    return f"<div class='braincast-card'>{title}<table>{rows}</table></div>"


def _plain(value: Any) -> str:
    """Integers with thousands separators, floats with four digits, text on one line."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    return " ".join(str(value).split())
