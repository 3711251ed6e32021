"""An encoding run on a terminal: a sentence, the measures of cells, how well models see motion."""

from __future__ import annotations

from rich.table import Table

from braincast.reports.entries import Document, headline, named
from braincast.reports.forecasting.titles import DIGITS, forecast_title
from braincast.reports.numbers import decimal, interval
from braincast.reports.terminal_scoreboard import WIDE, Column, table_of

_SHORT = {
    "direction_selectivity": "direction selectivity",
    "selectivity_above_rest": "above rest",
    "selectivity_auroc": "AUROC of it",
    "dsi_t4": "DSI of T4",
    "dsi_t5": "DSI of T5",
    "preferred_direction_error_deg": "direction error (°)",
    "tuning_correlation": "tuning correlation",
    "speed_tuning_error": "frequency error (oct)",
    "polarity": "polarity right",
    "polarity_beyond_receptors": "polarity beyond R1-8",
    "polarity_correlation": "polarity correlation",
    "task_error": "flow error",
}


def is_encoding(document: Document) -> bool:
    """Whether a document is of an encoding task."""
    return "floors" in document


def encoding_scoreboards(document: Document, width: int) -> list[Table]:
    """Every measure of models, baselines, nulls and controls; best first by the primary one."""
    keys = list(next(iter(document["models"].values()))["metrics"])
    columns = [_number(key) for key in keys]
    columns.insert(1, Column("95 % interval", lambda entry: interval(entry.score(keys[0]).ci, DIGITS)))
    if width >= WIDE + 20:
        return [table_of(document, columns, with_arms=True)]
    half = len(columns) // 2
    return [table_of(document, part, with_arms=True) for part in (columns[:half], columns[half:])]


def encoding_sentence(document: Document) -> str:
    """What the headline's cells tell of directions, and what those of the floor do."""
    leader, floor, key = headline(document), named(document, document.get("baseline")), document["primary"]
    if leader is None:
        return ""
    title = forecast_title(key).title
    own = f"{leader.name}: {title} {decimal(leader.score(key).value, DIGITS)}"
    own += f" (95 % {interval(leader.score(key).ci, DIGITS)})"
    if floor is None or floor.name == leader.name:
        return f"{own}."
    return f"{own}; {floor.name} {decimal(floor.score(key).value, DIGITS)}."


def encoding_notes(document: Document) -> list[tuple[str, str]]:
    """(heading, words) about intervals and the floor of the task."""
    words = (document.get("intervals") or {}).get("how") or ""
    still = decimal(document["floors"].get("task_error"), DIGITS)
    notes = [("Drawn", f"{words}; within one circuit")] if words else []
    curves = document.get("published") or {}
    if curves.get("dsi_t4") is not None and curves.get("dsi_t5") is not None:
        both = f"DSI of T4 {decimal(curves['dsi_t4'], DIGITS)}, of T5 {decimal(curves['dsi_t5'], DIGITS)}"
        notes.append(("Cells", f"what was measured in flies (Maisak et al. 2013): {both}"))
    return [*notes, ("Flow", f"a model that sees no motion is off by {still} columns per second")]


def _number(key: str) -> Column:
    head = _SHORT.get(key, forecast_title(key).short)
    return Column(head, lambda entry: decimal(entry.score(key).value, DIGITS))
