"""The maps of a run packed for the page: JSON that a browser reads and never runs, small enough to mail.

Probabilities take one byte on a log-odds scale, q-values two bytes on a log scale, mean responses two bytes in
thousandths of their unit; q and mean only where something was measured. `templates/data.js` unpacks them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from markupsafe import Markup

from braincast.reports.numbers import printable
from braincast.scoring.exhibits import Exhibits
from braincast.tasks.observed import SIGNIFICANT_Q

_LOWEST_P = 1e-4
_Q_STEP = 1e-4  # of -log10(q): 0.02 %, and q down to 3e-7
_MEAN_STEP = 1e-3
_SHOWN_SHARE = (0.005, 0.9995)  # of all forecasts: the ends of the colour scale


def packed(exhibits: Exhibits) -> dict[str, Any]:
    """Plain data for `data-atlas`; rows are cases, columns neurons, both in the task's order."""
    log_odds = {name: _log_odds(values) for name, values in exhibits.predicted.items()}
    seen = exhibits.measured
    return {
        "neurons": [printable(name) for name in exhibits.neurons],
        "classes": [printable(name) for name in exhibits.classes],
        "regions": [printable(name) for name in exhibits.regions],
        "position_um": [[None if np.isnan(v) else round(v, 1) for v in row] for row in exhibits.position_um.tolist()],
        "stimulated": exhibits.stimulated.tolist(),
        "trials": _base64(np.minimum(np.where(seen, np.maximum(exhibits.n_trials, 1), 0), 255).astype("u1")),
        "q": {"step": _Q_STEP, "codes": _base64(_q_codes(exhibits).astype("<u2"))},
        "mean": {"step": _MEAN_STEP, "codes": _base64(_mean_codes(exhibits).astype("<i2"))},
        "unit": printable(exhibits.unit),
        "alpha": SIGNIFICANT_Q,
        "scale": _scale(log_odds),
        "models": [{"name": printable(name), **_byte_codes(values)} for name, values in log_odds.items()],
    }


def data_block(data: Mapping[str, Any] | str) -> Markup:
    """JSON for a `<script type="application/json">`: no character of it can end the element or begin another."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _log_odds(probability: Float[np.ndarray, "case neuron"]) -> Float[np.ndarray, "case neuron"]:
    inside = np.clip(probability, _LOWEST_P, 1 - _LOWEST_P)
    return np.log(inside / (1 - inside))


def _scale(log_odds: Mapping[str, Float[np.ndarray, "case neuron"]]) -> list[float]:
    """The log odds at both ends of the colours, the same for all models so that maps can be compared."""
    if not log_odds:
        return [-1.0, 1.0]
    low, high = np.quantile(np.concatenate([values.ravel() for values in log_odds.values()]), _SHOWN_SHARE)
    return [round(float(low), 3), round(float(max(high, low + 0.1)), 3)]


def _byte_codes(log_odds: Float[np.ndarray, "case neuron"]) -> dict[str, Any]:
    low, high = float(log_odds.min()), float(log_odds.max())
    step = max(high - low, 1e-6) / 255
    return {"low": low, "step": step, "codes": _base64(np.rint((log_odds - low) / step).astype("u1"))}


def _q_codes(exhibits: Exhibits) -> Int[np.ndarray, " measured"]:
    """Rounded, but never across the threshold: whether a pair responds is read off the code."""
    seen = exhibits.measured
    q, responds = exhibits.q[seen], exhibits.responds[seen]
    codes = np.rint(-np.log10(np.maximum(q, 1e-12)) / _Q_STEP).astype(np.int64)
    first = int(np.ceil(-np.log10(SIGNIFICANT_Q) / _Q_STEP))
    return np.clip(np.where(responds, np.maximum(codes, first), np.minimum(codes, first - 1)), 0, 65535)


def _mean_codes(exhibits: Exhibits) -> Int[np.ndarray, " measured"]:
    """-32768 stands for "no mean": all of a pair's trials were artefacts."""
    mean = exhibits.mean_response[exhibits.measured]
    rounded = np.clip(np.rint(np.nan_to_num(mean) / _MEAN_STEP), -32767, 32767)
    return np.where(np.isnan(mean), -32768, rounded).astype(np.int64)


def _base64(codes: np.ndarray) -> str:
    return base64.b64encode(codes.tobytes()).decode()
