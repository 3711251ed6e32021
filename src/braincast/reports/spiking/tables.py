"""Who is active: the busiest neurons, and rates by type and by region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from braincast.brain.null_wirings.relabelled import TYPE_COLUMNS

_SHOWN = 20


@dataclass(frozen=True)
class Group:
    """Neurons of one type or region: how many, how many of them spiked or were driven.

    `rate_hz` is the mean of those that are not driven, None where all are; `share` is that of the highest rate.
    """

    name: str
    n_neurons: int
    n_active: int
    n_driven: int
    rate_hz: float | None
    share: float


def busiest(neurons: pd.DataFrame) -> list[dict[str, object]]:
    """The neurons with the highest rates among those that are not driven, and what is known of each."""
    own = neurons[~neurons["driven"] & (neurons["rate_hz"] > 0)]
    first = own.sort_values("rate_hz", ascending=False, kind="stable").head(_SHOWN)
    known = [column for column in TYPE_COLUMNS if column in neurons.columns]
    return [
        {
            "id": row["id"],
            "known": [str(row[column]) for column in known if pd.notna(row[column]) and str(row[column])],
            "rate_hz": row["rate_hz"],
            "sd_hz": None if pd.isna(row["rate_sd_hz"]) else row["rate_sd_hz"],
        }
        for row in first.to_dict("records")
    ]


def groupings(neurons: pd.DataFrame) -> list[tuple[str, list[Group], int]]:
    """For each of type, class and region that is known: the groups with the highest mean rates, and how many there are.

    Rates are means over all neurons of a group, silent ones too; driven ones are left out of them.
    """
    found = []
    for column in (name for name in TYPE_COLUMNS if name in neurons.columns):
        groups = _groups(neurons, column)
        if len(groups) > 1:
            found.append((column, groups[:_SHOWN], len(groups)))
    return found


def _groups(neurons: pd.DataFrame, column: str) -> list[Group]:
    labels = neurons[column].astype("string").fillna("").str.strip()
    named = neurons[(labels != "").to_numpy()].assign(label=labels)
    own = named[~named["driven"]].groupby("label")["rate_hz"].mean()
    active = named.assign(active=named["rate_hz"] > 0).groupby("label")
    table = active.agg(n=("active", "size"), active=("active", "sum"), driven=("driven", "sum")).join(own)
    table = table[table["active"] > 0]
    table = table.sort_values(["rate_hz", "active"], ascending=False, kind="stable")
    top = max(np.nanmax(table["rate_hz"], initial=0.0), 1e-9)
    return [_group(str(name), row, top) for name, row in zip(table.index, table.to_dict("records"), strict=True)]


def _group(name: str, row: dict, top: float) -> Group:
    rate_hz = None if pd.isna(row["rate_hz"]) else row["rate_hz"]
    return Group(name, int(row["n"]), int(row["active"]), int(row["driven"]), rate_hz, (rate_hz or 0.0) / top)
