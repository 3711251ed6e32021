"""Epochs of an NWB file as conditions."""

from __future__ import annotations

from typing import Any

import h5py

from braincast.datasets.readers.draft import Interval
from braincast.datasets.readers.nwb.tables import columns

_NEVER = ("trials", "invalid_times")  # trials are parts of a condition, which windows may cross
_NAMES = ("condition", "label", "name", "epoch", "epoch_name", "tags", "stimulus", "stimulus_name", "type")


def intervals(items: dict[str, Any]) -> tuple[tuple[Interval, ...], tuple[str, ...]]:
    """The table of epochs, or the only other table of intervals, and which others were not taken."""
    tables = {p: g for p, g in items.items() if p.startswith("intervals/") and _is_table(g)}
    usable = [path for path in tables if path.rsplit("/", 1)[-1] not in _NEVER]
    chosen = "intervals/epochs" if "intervals/epochs" in tables else usable[0] if len(usable) == 1 else None
    notes = tuple(f"{path} were not taken as conditions" for path in tables if path != chosen)
    if chosen is None:
        return (), notes
    table = columns(tables[chosen])
    if not {"start_time", "stop_time"} <= set(table):
        return (), notes
    names = _names(table)
    rows = zip(names, table["start_time"], table["stop_time"], strict=True)
    return tuple(Interval(name, float(start), float(stop)) for name, start, stop in rows), notes


def _is_table(group: Any) -> bool:
    return isinstance(group, h5py.Group) and "start_time" in group and "stop_time" in group


def _names(table: dict[str, list[Any]]) -> list[str]:
    texts = [n for n, values in table.items() if values and all(isinstance(v, str) for v in values)]
    name = next((n for n in [*_NAMES, *texts] if n in texts), None)
    numbers = range(1, len(table["start_time"]) + 1)
    if name is None:
        return [f"epoch {number}" for number in numbers]
    return [text.strip() or f"epoch {number}" for text, number in zip(table[name], numbers, strict=True)]
