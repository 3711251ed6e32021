"""What a probe found: a table of effects, a p, and what it was compared with; as plain data and as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast.experiments.probes.subject import Subject

_TOP = 20


@dataclass(frozen=True, eq=False)
class Finding:
    """`effects` has the strongest first, `p` is that of the whole (None without anything to compare with).

    `matrix` is effect[pre, post] of a probe of all pairs, `null` what the other numbers are compared with, `drawn` the
    values of the null of `p` beside the `own`.
    """

    probe: str
    subject: Subject
    effects: pd.DataFrame
    p: float | None
    summary: Mapping[str, Any]
    null: Mapping[str, Any]
    matrix: Float[np.ndarray, "pre post"] | None = None
    own: float | None = None
    drawn: Float[np.ndarray, " draw"] = field(default_factory=lambda: np.empty(0))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with the first effects."""
        fitted = self.subject.fitted
        top = self.effects
        if "post" in top:
            top = top.loc[top["pre"] != top["post"]]
        return {
            "probe": self.probe,
            "task": fitted.task.name,
            "task_hash": fitted.task.hash,
            "model": fitted.model,
            "seed": fitted.seed,
            "states": self.subject.n_cases,
            "p": self.p,
            "null": dict(self.null),
            **{key: _plain(value) for key, value in self.summary.items()},
            "effects": [_row(row) for row in top.head(_TOP).to_dict(orient="records")],
        }


def pair_table(
    neurons: Sequence[str], effect: Float[np.ndarray, "pre post"], p: Float[np.ndarray, " pair"] | None
) -> pd.DataFrame:
    """A row for each pair, the largest effects first; `q` is corrected over all pairs (Benjamini & Hochberg 1995).

    `p` is of pairs of different neurons, row by row; a neuron's effect on itself has none.
    """
    from scipy.stats import false_discovery_control

    pre, post = np.indices(effect.shape).reshape(2, -1)
    names = np.array(neurons, dtype=object)
    table = pd.DataFrame({"pre": names[pre], "post": names[post], "effect": effect.ravel()})
    table["p"], table["q"] = np.nan, np.nan
    if p is not None:
        table.loc[pre != post, "p"] = p
        table.loc[pre != post, "q"] = false_discovery_control(p)
    return by_size(table)


def n_significant(table: pd.DataFrame) -> int | None:
    """How many pairs have q ≤ 0.05; None where nothing was compared."""
    q = table["q"].to_numpy()
    return None if np.isnan(q).all() else int(np.sum(q <= 0.05))


def by_size(table: pd.DataFrame) -> pd.DataFrame:
    """The same rows with the largest effects first."""
    return table.iloc[np.argsort(-table["effect"].abs().to_numpy(), kind="stable")].reset_index(drop=True)


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): _plain(value) for key, value in row.items()}


def _plain(value: Any) -> Any:
    """Numbers of Python, None for what is not defined."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(each) for key, each in asdict(value).items()}
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
