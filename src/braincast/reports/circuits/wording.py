"""What a circuit did, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from braincast.reports.numbers import count

Document = Mapping[str, Any]


def title(document: Document) -> str:
    """The circuit, and what was changed in it."""
    changes = ", ".join(f"{key} = {value}" for key, value in document["asked"]["changes"].items())
    return f"{document['circuit']}{', with ' + changes if changes else ''}"


def outcome(document: Document) -> str:
    """The class of the rhythm and its period, or how often the cells spike."""
    analysis = document["analysis"]
    period = analysis["period_ms"]
    rates = ", ".join(f"{cell} {rate:.1f} Hz" for cell, rate in document["rate_hz"].items())
    if period is None:
        return f"Class: {analysis['class']}. {rates}"
    sd = analysis["period_sd_ms"]
    spread = "" if sd is None else f" ± {sd:.0f}"
    return f"Class: {analysis['class']}. Period {period:,.0f}{spread} ms over {count(analysis['n_cycles'])} cycles"


def convergence(document: Document) -> str:
    """Whether shorter steps say the same."""
    found = document["convergence"]
    if found is None:
        return "Not compared with shorter steps; --check-convergence does that"
    first, second = found["steps"][:2]
    said = "says the same" if found["converged"] else "says something else, so that this step is too coarse"
    return f"Half the step ({second['dt_ms']:g} instead of {first['dt_ms']:g} ms) {said}"
