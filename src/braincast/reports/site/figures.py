"""What the scripts of the site draw, as plain data: curves, histories, traces, and entries to be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from braincast.reports.numbers import printable
from braincast.reports.packing import data_block
from braincast.reports.site.scorecards import lead_titles
from braincast.reports.site.standing import BoardEntry, BoardTask


def script_data(name: str, data: Mapping[str, Any] | str) -> str:
    """A script file of one assignment, since a page that is opened from disk may fetch nothing."""
    return f"(window.braincast = window.braincast || {{}})[{data_block(name)}] = {data_block(data)};\n"


def task_data(task: BoardTask) -> dict[str, Any]:
    """What the charts of a task page need."""
    names = {entry.id: entry_name(entry) for entry in task.entries}
    return {
        "primary": {"title": task.primary.title, "direction": task.primary.direction, "digits": task.primary.digits},
        "leads": list(lead_titles(task)),
        "noiseFloor": task.told.get("noise_floor"),
        "baseline": task.baseline,
        "entries": [_curve(task, place.entry) for place in task.places],
        "history": [
            {"at": step["at"], "value": step["value"], "name": names.get(step["entry"], "")}
            for step in task.told.get("history") or ()
        ],
        "traces": _traces(task),
    }


def comparison_data(task: BoardTask) -> dict[str, Any]:
    """What the page that compares two entries needs; paired differences come from the document."""
    return {
        "primary": task.primary.key,
        "leads": list(lead_titles(task)),
        "metrics": [
            {
                "key": metric.key,
                "title": metric.title,
                "inSentence": metric.in_sentence,
                "direction": metric.direction,
                "larger": metric.larger_is_better,
                "digits": metric.digits,
            }
            for metric in task.metrics
        ],
        "entries": [_comparable(task, place.entry) for place in task.places],
        "pairs": [
            [pair["a"], pair["b"], pair.get("metric"), pair.get("difference"), pair.get("ci"), pair.get("p")]
            for pair in task.told.get("comparisons") or ()
        ],
    }


def entry_name(entry: BoardEntry) -> str:
    """How an entry is called where its task is known."""
    return printable(f"{entry.model} · {entry.author} · #{entry.id}")


def _curve(task: BoardTask, entry: BoardEntry) -> dict[str, Any]:
    score = entry.score(task.primary.key)
    return {
        "id": entry.id,
        "name": printable(entry.model),
        "role": entry.role,
        "byLead": list(score.by_lead),
        "byLeadCi": [None if ci is None else list(ci) for ci in score.by_lead_ci],
    }


def _comparable(task: BoardTask, entry: BoardEntry) -> dict[str, Any]:
    scores = {metric.key: entry.score(metric.key) for metric in task.metrics}
    primary = entry.score(task.primary.key)
    return {
        "id": entry.id,
        "name": entry_name(entry),
        "role": entry.role,
        "hasNeurons": entry.skills is not None,
        "metrics": {key: [score.value, score.ci, score.skill] for key, score in scores.items()},
        "byLead": list(primary.by_lead),
        "byLeadCi": [None if ci is None else list(ci) for ci in primary.by_lead_ci],
        "groups": {
            f"{group}: {label}": score.value
            for group in entry.document.get("groups", {})
            for label, score in entry.groups(group).items()
        },
    }


def _traces(task: BoardTask) -> Mapping[str, Any] | None:
    traces = task.told.get("traces")
    if not traces or task.told.get("hidden"):
        return None
    return {
        "neurons": [printable(name) for name in traces.get("neurons") or ()],
        "time": traces.get("time_s") or [],
        "truth": traces.get("truth") or [],
        "forecasts": [
            {"name": printable(name), "values": values} for name, values in (traces.get("forecasts") or {}).items()
        ],
    }


def plain_json(document: Any) -> str:
    """The same text for the same document, in ASCII, so that no letter in it can mislead who reads it."""
    return json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"
