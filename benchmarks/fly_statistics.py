"""The synthetic fly beside the real one, and whether it comes to rest: `python benchmarks/fly_statistics.py [--write]`.

Five synthetic flies of full size: their degrees, synapses, signs and answers beside published figures; then 667 random
neurons of each are driven at 150 Hz for half a second, with the published parameters and with weights half as large
again, and what spikes afterwards is counted. Results in results/fly_statistics.json; `--write` puts the tables into
docs/guides/fly-data.md, `--table` those of the figures recorded last.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded
from scipy import sparse

from braincast.brain.connectome import Connectome
from braincast.datasets.synthetic.fly import synthetic_fly
from braincast.dynamics.spiking import FLY, Network, Schedule, simulate

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "fly_statistics.json", HERE.parent / "docs" / "guides" / "fly-data.md"
SEEDS = range(5)
N_DRIVEN, RATE_HZ, DRIVE_S, AFTER_S, SETTLE_S = 667, 150.0, 0.5, 0.3, 0.1
STRONGER = 1.5
STRONG = 5  # synapses of the edges that network figures are published of

# Figures of the adult fly: what, value, and where it stands.
PUBLISHED = {
    "edges for each neuron": ("109", "v783: 15,091,983 edges, 138,639 neurons (Shiu et al. 2024)"),
    "mean of inputs and outputs, *": ("20.5", "intrinsic neurons (Dorkenwald et al. 2024)"),
    "median of inputs, *": ("11", "intrinsic neurons (Dorkenwald et al. 2024)"),
    "median of outputs, *": ("13", "intrinsic neurons (Dorkenwald et al. 2024)"),
    "correlation of inputs and outputs, *": ("0.76", "intrinsic neurons (Dorkenwald et al. 2024)"),
    "most inputs of a neuron": ("–", ""),
    "most outputs of a neuron": ("–", ""),
    "synapses of an edge": ("3.61", "v783: 54,492,922 synapses (Shiu et al. 2024)"),
    "edges of one synapse": ("49.7 %", "v630, of 14,687,178 edges (Shiu et al. 2024)"),
    "edges of five or more": ("17.9 %", "v783: 2,700,513 (Dorkenwald et al. 2024)"),
    "synapses of an edge of five or more": ("12.6", "v630 (Lin et al. 2024)"),
    "edges of more than 100": ("0.105 %", "v783: 15,837 (Dorkenwald et al. 2024)"),
    "strongest edge": ("2,358", "v630 (Lin et al. 2024)"),
    "inhibitory edges": ("40.1 %", "v630: 5,886,646 (Shiu et al. 2024)"),
    "edges that are answered, *": ("13.8 %", "v630 (Lin et al. 2024)"),
    "edges that are answered": ("–", ""),
    "the same by degrees alone": ("–", ""),
    "regions": ("78", "neuropils (Dorkenwald et al. 2024)"),
    "edges within a region": ("–", ""),
}


def main() -> None:
    """Measure, record, and print the tables."""
    if "--table" not in sys.argv:
        RESULT.write_text(json.dumps(_measured(), indent=1) + "\n", encoding="utf-8")
    figures = json.loads(RESULT.read_text(encoding="utf-8"))
    if {"--write", "--table"} & set(sys.argv):
        put_between_markers(PAGE, table(figures), "statistics")
        put_between_markers(PAGE, activity_table(figures), "activity")
    print(table(figures), activity_table(figures), sep="\n\n")


def table(figures: dict[str, Any]) -> str:
    """Each figure of the synthetic fly, lowest and highest over seeds, beside the published one."""
    rows = []
    for name, (value, where) in PUBLISHED.items():
        found = [fly[name] for fly in figures["flies"]]
        share = name.startswith(("edges of", "edges that", "edges within", "inhibitory", "the same"))
        low, high = (_shown(extreme(found), share=share) for extreme in (min, max))
        rows.append(f"| {name} | {low if low == high else f'{low} to {high}'} | {value} | {where} |")
    note = f"\\* of edges of {STRONG} synapses or more"
    return "\n".join(["| | synthetic | fly | of which fly |", "|---|---|---|---|", *rows, "", note])


def activity_table(figures: dict[str, Any]) -> str:
    """Spikes while driven and after."""
    head = "| seed | weights | spikes/s, driven | of these recruited | neurons recruited | 0–100 ms after | later |"
    rows = [
        f"| {run['seed']} | × {run['weights']:g} | {run['spikes_per_s']:,.0f} | {run['recruited_per_s']:,.0f} | "
        f"{run['neurons_recruited']:,} | {run['spikes_just_after']:,} | {run['spikes_later']:,} |"
        for run in figures["activity"]
    ]
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def _shown(value: float, *, share: bool) -> str:
    if share:
        return f"{100 * value:.3f} %" if value < 0.002 else f"{100 * value:.1f} %"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _measured() -> dict[str, Any]:
    flies, activity = [], []
    for seed in SEEDS:
        fly = synthetic_fly(seed=seed)
        flies.append(statistics(fly))
        for weights in (1.0, STRONGER):
            parameters = dataclasses.replace(FLY, unit_weight_mv=weights * 0.275)
            run = driven(Network.from_connectome(fly, parameters), seed)
            activity.append({"seed": seed, "weights": weights, **run})
    return rounded({"flies": flies, "activity": activity})


def statistics(fly: Connectome) -> dict[str, Any]:
    """The figures of `PUBLISHED`, of one connectome."""
    edges, n = fly.edges, fly.n_neurons
    pre, post, weight = (edges[name].to_numpy() for name in ("pre", "post", "weight"))
    outputs, inputs = (np.bincount(ends, minlength=n) for ends in (pre, post))
    region = fly.neurons["region"].to_numpy()
    strong = weight >= STRONG
    strong_outputs, strong_inputs = (np.bincount(ends[strong], minlength=n) for ends in (pre, post))
    by_degrees = float((inputs * outputs).sum() / len(pre)) ** 2 / len(pre)
    return {
        "edges for each neuron": len(pre) / n,
        "mean of inputs and outputs, *": strong.sum() / n,
        "median of inputs, *": float(np.median(strong_inputs)),
        "median of outputs, *": float(np.median(strong_outputs)),
        "correlation of inputs and outputs, *": np.corrcoef(strong_inputs, strong_outputs)[0, 1],
        "most inputs of a neuron": float(inputs.max()),
        "most outputs of a neuron": float(outputs.max()),
        "synapses of an edge": weight.mean(dtype=np.float64),
        "edges of one synapse": (weight == 1).mean(),
        "edges of five or more": (weight >= 5).mean(),
        "synapses of an edge of five or more": weight[weight >= 5].mean(dtype=np.float64),
        "edges of more than 100": (weight > 100).mean(),
        "strongest edge": float(weight.max()),
        "inhibitory edges": (edges["sign"] < 0).mean(),
        "edges that are answered, *": answered(pre[strong], post[strong], n),
        "edges that are answered": answered(pre, post, n),
        "the same by degrees alone": by_degrees,
        "regions": float(len(np.unique(region))),
        "edges within a region": (region[pre] == region[post]).mean(),
    }


def answered(pre: np.ndarray, post: np.ndarray, n: int) -> float:
    """The share of edges that have one back."""
    matrix = sparse.csr_array((np.ones(len(pre), np.int32), (pre, post)), shape=(n, n))
    return float(matrix.multiply(matrix.T).sum()) / len(pre)


def driven(network: Network, seed: int) -> dict[str, Any]:
    """Spikes while random neurons are driven, and after the drive stops."""
    rng = np.random.default_rng(seed)
    neurons = rng.choice(network.n_neurons, N_DRIVEN, replace=False)
    n_kicks = rng.poisson(RATE_HZ * DRIVE_S, N_DRIVEN)
    kicks = Schedule(np.repeat(neurons, n_kicks), rng.uniform(0, DRIVE_S, int(n_kicks.sum())))
    spikes = simulate(network, [kicks], duration_s=DRIVE_S + AFTER_S, seed=seed)
    recruited = ~np.isin(spikes.neuron, neurons)
    during, settled = spikes.time_s < DRIVE_S, spikes.time_s >= DRIVE_S + SETTLE_S
    return {
        "spikes_per_s": int(during.sum()) / DRIVE_S,
        "recruited_per_s": int((during & recruited).sum()) / DRIVE_S,
        "neurons_recruited": len(np.unique(spikes.neuron[recruited])),
        "spikes_just_after": int((~during & ~settled).sum()),
        "spikes_later": int(settled.sum()),
    }


if __name__ == "__main__":
    main()
