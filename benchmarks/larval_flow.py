"""How does activity flow from each sense of a larval fly to its outputs?

`python benchmarks/larval_flow.py --data PATH --write`. Takes about nine minutes on one core. The whole brain of one
larva (Winding et al. 2023) with signs by stated rules, as a spiking network with the adult fly's published parameters,
against rewired wirings, over a sweep of assumptions.
`--data PATH` is the folder of the wiring; `--table` only writes the page again, from the figures recorded last.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from larval_tables import draw, tables
from pages import put_between_markers, rounded

from braincast.brain.connectome import Connectome
from braincast.datasets.fly import read_wiring
from braincast.datasets.fly.larval_transmitters import STATEMENTS
from braincast.datasets.fly.sign_rules import DEFAULT_RULE, RULES, known_transmitters, with_signs
from braincast.dynamics.spiking import FLY
from braincast.experiments.flow.against import FlowAgainstNulls, against_nulls
from braincast.experiments.flow.measure import STATISTICS, FlowProtocol, measure_flow
from braincast.experiments.flow.question import FlowQuestion, axo_dendritic, larval_question
from braincast.files import read_json, write_json

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "larval_flow.json"
FIGURE = ROOT / "docs" / "figures" / "larval-flow.svg"
PAGE = ROOT / "docs" / "findings" / "larval-fly.md"

# The unit weight of the adult model times 1, 2 and 4. A neuron of the adult has 3.3 times the synapses of one of the
# larva (54.5 million on 139,255, Dorkenwald et al. 2024, against 352,611 on 2,952), so that 4 keeps its input about as
# it is.
SCALES = (1, 2, 4)
SCALE = 4
NULLS: Mapping[str, int] = {
    "identity-permuted": 39,
    "degree-preserving": 39,
    "within-type-permuted": 39,
    "weights-shuffled": 39,
    "signs-shuffled": 39,
}
SWEPT: Mapping[str, int] = {"identity-permuted": 9, "degree-preserving": 9}
N_SIGN_DRAWS = 3
PARTS = {"all synapses": lambda wiring: wiring, "axon to dendrite": axo_dendritic}


def main(arguments: Sequence[str]) -> None:
    """Measure, print the figures, and with `--write` keep figures, tables and picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required="--table" not in arguments)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args(arguments)
    figures = read_json(RESULT) if asked.table else rounded(measured(read_wiring(asked.data)))
    if asked.write:
        write_json(RESULT, figures)
    if asked.write or asked.table:
        draw(FIGURE, figures)
        for part, text in tables(figures).items():
            put_between_markers(PAGE, text, part)
    else:
        print("\n\n".join(tables(figures).values()))


def measured(wiring: Connectome) -> dict[str, Any]:
    """The whole experiment: what is known, the flow against nulls, the sweep."""
    began = time.process_time()
    question = larval_question(wiring)
    protocol = FlowProtocol(replace(FLY, unit_weight_mv=SCALE * FLY.unit_weight_mv))
    found = against_nulls(with_signs(wiring, DEFAULT_RULE, seed=0), question, protocol, NULLS)
    figures = {
        "wiring": {"neurons": wiring.n_neurons, "edges": wiring.n_edges, "synapses": int(wiring.edges["weight"].sum())},
        "senses": {sense: len(rows) for sense, rows in question.senses.items()},
        "classes": {name: len(rows) for name, rows in question.groups.items()},
        "outputs": len(question.outputs),
        "known": known(wiring),
        "rules": {name: rule.words for name, rule in RULES.items()},
        "protocol": {"rule": DEFAULT_RULE, **_protocol(protocol)},
        "flow": _flow(found),
        "kenyon_cells": kenyon_cells(wiring, question),
        "sweep": [_swept(wiring, question, **setting) for setting in settings()],
    }
    return {**figures, "cpu_s": time.process_time() - began}


def settings() -> list[dict[str, Any]]:
    """Every rule at every weight, of all synapses and of those from axons to dendrites; further draws of the signs."""
    found = [
        {"rule": rule, "seed": 0, "part": part, "scale": scale} for rule in RULES for part in PARTS for scale in SCALES
    ]
    drawn = [rule for rule in RULES if RULES[rule].inhibitory_share]
    found += [
        {"rule": rule, "seed": seed, "part": next(iter(PARTS)), "scale": SCALE}
        for rule in drawn
        for seed in range(1, N_SIGN_DRAWS)
    ]
    return found


def kenyon_cells(wiring: Connectome, question: FlowQuestion) -> list[dict[str, Any]]:
    """The share of Kenyon cells that each sense recruits, by weight and by which synapses count."""
    cells, rows = list(question.groups).index("KC"), []
    for part, taken in {**PARTS, "all but those between Kenyon cells": _without_their_own_edges}.items():
        signed = with_signs(taken(wiring), DEFAULT_RULE, seed=0)
        for scale in SCALES:
            parameters = replace(FLY, unit_weight_mv=scale * FLY.unit_weight_mv)
            shares = measure_flow(signed, question, FlowProtocol(parameters)).shares()[:, cells]
            told = dict(zip(question.senses, shares.tolist(), strict=True))
            rows.append({"part": part, "unit_weight_mv": parameters.unit_weight_mv, "shares": told})
    return rows


def _without_their_own_edges(wiring: Connectome) -> Connectome:
    is_cell = (wiring.neurons["cell_class"] == "KC").to_numpy()
    between = is_cell[wiring.edges["pre"].to_numpy()] & is_cell[wiring.edges["post"].to_numpy()]
    return wiring.with_edges(wiring.edges.loc[~between].reset_index(drop=True))


def known(wiring: Connectome) -> dict[str, Any]:
    """What each statement covers: neurons, and their share of all synapses; and what stays unknown."""
    sent = np.bincount(
        wiring.edges["pre"].to_numpy(), weights=wiring.edges["weight"].to_numpy(), minlength=wiring.n_neurons
    )
    left, rows = np.ones(wiring.n_neurons, bool), []
    for statement in STATEMENTS:
        meant = statement.holds_for(wiring.neurons) & left
        left &= ~meant
        told = {key: value for key, value in asdict(statement).items() if key != "names"}
        share = float(sent[meant].sum() / sent.sum())
        rows.append({**told, "names": list(statement.names), "neurons": int(meant.sum()), "synapses": share})
    unknown = np.array([name == "" for name in known_transmitters(wiring)])
    share = float(sent[unknown].sum() / sent.sum())
    return {"statements": rows, "unknown": {"neurons": int(unknown.sum()), "synapses": share}}


def _protocol(protocol: FlowProtocol) -> dict[str, Any]:
    told = {key: getattr(protocol, key) for key in ("rate_hz", "duration_s", "n_trials", "seed")}
    return {**told, "unit_weight_mv": protocol.parameters.unit_weight_mv}


def _flow(found: FlowAgainstNulls) -> dict[str, Any]:
    """Each statistic against each null, of all senses and of each; the shares of every class."""
    per_sense = [name for name in STATISTICS if name != "separation"]
    shares = {null: found.nulls[null].shares for null in SWEPT}
    return {
        "nulls": {null: found.compared(null) for null in found.nulls},
        "by_sense": {null: {name: found.compared_by_sense(null, name) for name in per_sense} for null in SWEPT},
        "shares": _plain(found.true.shares()),
        "null_shares": {
            null: {"mean": _plain(drawn.mean(0)), "low": _plain(drawn.min(0)), "high": _plain(drawn.max(0))}
            for null, drawn in shares.items()
        },
    }


def _swept(wiring: Connectome, question: FlowQuestion, rule: str, seed: int, part: str, scale: int) -> dict[str, Any]:
    parameters = replace(FLY, unit_weight_mv=scale * FLY.unit_weight_mv)
    signed = with_signs(PARTS[part](wiring), rule, seed=seed)
    found = against_nulls(signed, question, FlowProtocol(parameters, n_trials=2), SWEPT)
    compared = {null: found.compared(null) for null in SWEPT}
    print(rule, seed, part, scale, compared["identity-permuted"]["recruited"]["value"], flush=True)
    setting = {"rule": rule, "seed": seed, "part": part, "unit_weight_mv": parameters.unit_weight_mv}
    by_sense = {null: found.compared_by_sense(null, "outputs_recruited") for null in SWEPT}
    senses = {null: {sense: told["side"] for sense, told in senses.items()} for null, senses in by_sense.items()}
    return {**setting, "nulls": compared, "senses": senses}


def _plain(shares: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(value) else float(value) for value in row] for row in shares]


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
