"""Who is active: the busiest neurons, and rates by type and by region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.null_wirings.relabelled import TYPE_COLUMNS
from braincast.brain.tables import column_of

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
    own: Any = neurons[~neurons["driven"] & (neurons["rate_hz"] > 0)]
    first = own.iloc[np.argsort(-column_of(own, "rate_hz").to_numpy(), kind="stable")[:_SHOWN]]
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
    labels = column_of(neurons, column).astype("string").fillna("").str.strip().to_numpy(dtype=object)
    names, label = np.unique(labels.astype(str), return_inverse=True)
    rate, driven = neurons["rate_hz"].to_numpy(), neurons["driven"].to_numpy(bool)
    n, n_active, n_driven = (np.bincount(label[kept], minlength=len(names)) for kept in (rate >= 0, rate > 0, driven))
    total = np.bincount(label, weights=np.where(driven, 0.0, rate), minlength=len(names))
    mean = total / np.maximum(n - n_driven, 1)
    shown = np.flatnonzero((names != "") & (n_active > 0))
    order = shown[np.lexsort((-n_active[shown], -mean[shown]))]
    top = max(float(mean[order].max(initial=0.0)), 1e-9)
    return [
        Group(
            str(names[k]),
            int(n[k]),
            int(n_active[k]),
            int(n_driven[k]),
            float(mean[k]) if n[k] > n_driven[k] else None,
            float(mean[k]) / top,
        )
        for k in order
    ]
