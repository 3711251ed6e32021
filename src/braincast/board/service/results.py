"""Results of a task as one document, and as a table that a spreadsheet opens without harm."""

from __future__ import annotations

import csv
import io
from typing import Any

from braincast.board.service.publication import Published

_ABOUT = ("model", "author", "role", "track", "seeds", "submitted_at", "scored_at", "status", "visibility")
_FIGURES = ("value", "ci_low", "ci_high", "n", "skill", "ceiling_share")
COLUMNS = ("entry", *_ABOUT[:5], "rank_best", "rank_worst", "metric", *_FIGURES, *_ABOUT[5:])
# What makes a spreadsheet read a cell as a formula, or a field as several.
_STEERS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def results(published: Published, task: str) -> dict[str, Any]:
    """Who took part in a task, best first: rank, declaration in short, every metric."""
    found = published.tasks[task]
    places = {place["entry"]: place for place in found["standing"]}
    return {
        "task": task,
        "hash": found["hash"],
        "primary": found.get("primary"),
        "entries": [_row(entry, places.get(entry["id"], {})) for entry in published.entries_of(task)],
        "comparisons": found.get("comparisons", []),
    }


def as_csv(document: dict[str, Any]) -> str:
    """A line for each entry and metric. Texts that a spreadsheet would take for a formula begin with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in document["entries"]:
        best, worst = entry["rank"] or (None, None)
        own = {**entry, "rank_best": best, "rank_worst": worst, "seeds": len(entry.get("seeds") or [])}
        for metric, figures in (entry["metrics"] or {"": {}}).items():
            low, high = figures.get("ci") or (None, None)
            cells = {**own, **figures, "metric": metric, "ci_low": low, "ci_high": high}
            writer.writerow([_cell(cells.get(column)) for column in COLUMNS])
    return out.getvalue()


def _row(entry: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    score = entry.get("score") or {}
    about = {key: entry.get(key) for key in _ABOUT}
    standing = {"rank": place.get("rank"), "why": place.get("why")}
    return {"entry": entry["id"], **about, **standing, "metrics": score.get("metrics") or {}}


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip().startswith(_STEERS):
        return f"'{value}"
    return value
