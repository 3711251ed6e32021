"""Which conductances could have made a rhythm: `python benchmarks/inference.py --write` (needs `braincast[inference]`).

An isolated pacemaker; seven conductances, each within a factor of its own. sbi's neural posterior is learned from
simulations and held to two checks: sets that it proposes are simulated, with half the step, and compared with the
rhythm that was asked for; ranks of known conductances among its samples, which are uniform if it is calibrated.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded
from scipy import stats

from braincast.dynamics.conductance import read_circuit
from braincast.experiments.inference import Posterior, Prior, rhythm_posterior
from braincast.experiments.inference.posterior import Timing, rhythms_of
from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "inference.json", HERE.parent / "docs" / "findings" / "inference.md"
NAMES = tuple(f"AB/PD.{current}" for current in ("Na", "CaT", "CaS", "A", "KCa", "Kd", "H"))
FOLD, N_SIMULATIONS, N_PROPOSED = 3.0, 6_000, 300
N_KNOWN, N_RANKS = 200, 99
SEED = 1
FINE = Timing(dt_ms=0.05)


def main(arguments: list[str]) -> None:
    figures = read_json(RESULT) if "--table" in arguments else rounded(measured())
    if "--write" in arguments:
        write_json(RESULT, figures)
    for name, text in tables(figures).items():
        print(text)
        if "--write" in arguments or "--table" in arguments:
            put_between_markers(PAGE, text, name)


def measured() -> dict[str, Any]:
    """Everything that the tables say."""
    prior = Prior.around(read_circuit("stg-cell"), NAMES, FOLD)
    began = time.perf_counter()
    posterior = rhythm_posterior(prior, n_simulations=N_SIMULATIONS, seed=SEED)
    learned_s = time.perf_counter() - began
    asked = rhythms_of(prior, np.zeros((1, len(NAMES))), FINE)[0]
    proposed = posterior.drawn(asked, N_PROPOSED, seed=SEED + 1)
    told = {
        "posterior": rhythms_of(prior, proposed, FINE),
        "prior": rhythms_of(prior, prior.drawn(N_PROPOSED, seed=SEED + 2), FINE),
    }
    return {
        "n_simulations": posterior.n_simulated,
        "n_used": posterior.n_used,
        "learned_s": learned_s,
        "asked": asked.tolist(),
        "rhythms": {name: _agreement(found, asked) for name, found in told.items()},
        "conductances": _spread(prior, proposed),
        "calibration": _calibration(posterior),
    }


def _agreement(found: np.ndarray, asked: np.ndarray) -> dict[str, float]:
    """How near the rhythms of many sets are to the one asked for."""
    has = np.isfinite(found).all(axis=1)
    off = np.abs(found[has] - asked)
    near = (off[:, 0] < np.log(1.1)) & (off[:, 1] < 0.05) & (off[:, 2] < 0.1 * asked[2])
    return {
        "with_rhythm": float(has.mean()),
        "near": float(near.sum() / len(found)),
        "period": float(np.median(off[:, 0])),
        "duty": float(np.median(off[:, 1])),
        "spikes": float(np.median(off[:, 2])),
    }


def _spread(prior: Prior, sets: np.ndarray) -> dict[str, Any]:
    low, middle, high = np.exp(np.percentile(sets, [5, 50, 95], axis=0))
    rows = zip(prior.names, low, middle, high, sets.std(axis=0) / (np.log(FOLD) / np.sqrt(3)), strict=True)
    correlation = np.corrcoef(sets.T) - np.eye(len(prior.names))
    a, b = np.unravel_index(np.abs(correlation).argmax(), correlation.shape)
    pair = [prior.names[a], prior.names[b], float(correlation[a, b])]
    return {"rows": [[name, *map(float, rest)] for name, *rest in rows], "strongest": pair}


def _calibration(posterior: Posterior) -> dict[str, Any]:
    """Kolmogorov-Smirnov p-values of the ranks of each conductance, and how often 90 % intervals hold the known one."""
    ranks = posterior.ranks(N_KNOWN, N_RANKS, seed=SEED + 10_000)
    places = (ranks + 0.5) / (N_RANKS + 1)
    p = [float(stats.kstest(column, "uniform").pvalue) for column in places.T]
    return {"p": p, "coverage": [float(((c > 0.05) & (c < 0.95)).mean()) for c in places.T]}


def tables(figures: Mapping[str, Any]) -> dict[str, str]:
    """The parts of the page."""
    return {"rhythms": _rhythm_table(figures), "conductances": _conductance_table(figures)}


def _rhythm_table(found: Mapping[str, Any]) -> str:
    lines = [
        f"{found['n_simulations']:,} sets were simulated, of which {found['n_used']:,} had a rhythm; with learning "
        f"{found['learned_s']:.0f} s.",
        "",
        f"| {N_PROPOSED} sets of the | with a rhythm | near the one asked for | off by: period | duty | spikes |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in found["rhythms"].items():
        off = f"{np.expm1(row['period']):.1%} | {row['duty']:.3f} | {row['spikes']:.1f}"
        lines.append(f"| {name} | {row['with_rhythm']:.0%} | {row['near']:.0%} | {off} |")
    return "\n".join(lines)


def _conductance_table(found: Mapping[str, Any]) -> str:
    lines = [
        "| conductance | 5 % | median | 95 % | width, of the prior's | p of ranks | 90 % intervals hold |",
        "|---|---|---|---|---|---|---|",
    ]
    calibration = zip(found["calibration"]["p"], found["calibration"]["coverage"], strict=True)
    for (name, low, middle, high, width), (p, coverage) in zip(found["conductances"]["rows"], calibration, strict=True):
        lines.append(
            f"| {name} | × {low:.2f} | × {middle:.2f} | × {high:.2f} | {width:.0%} | {p:.2f} | {coverage:.0%} |"
        )
    a, b, correlation = found["conductances"]["strongest"]
    return "\n".join([*lines, "", f"The strongest correlation is that of {a} and {b}: {correlation:+.2f}."])


if __name__ == "__main__":
    main(sys.argv[1:])
