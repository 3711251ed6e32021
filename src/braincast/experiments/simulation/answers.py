"""What a screen leaves on disk and says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from braincast.brain.folders import write_table
from braincast.experiments.simulation.job import described, parameters_of
from braincast.experiments.simulation.screen import STORE
from braincast.experiments.simulation.screening import Screened
from braincast.experiments.simulation.shuffles import LINES
from braincast.forecasts.submissions.limits import peak_bytes
from braincast.version import VERSION

NAMES = {"activity": STORE, "responses": "responses.parquet", "neurons": "neurons.parquet"}
PHENOTYPES = "phenotypes.parquet"
_SHOWN = 20


def write_answers(folder: Path, result: Screened) -> None:
    """Tables of the answer, once all is done; what was only there for going on after a stop is removed."""
    neurons = result.loaded.wiring.connectome.neurons
    is_read = np.isin(np.arange(len(neurons)), result.plan.rows)
    write_table(folder, "neurons", neurons.assign(readout=is_read, baseline_hz=result.baseline_hz))
    write_table(folder, "responses", result.responses)
    if result.told:
        write_table(folder, "phenotypes", phenotype_table(result))
    (folder / f"{STORE}.jsonl").unlink(missing_ok=True)


def phenotype_table(result: Screened) -> pd.DataFrame:
    """Each phenotype beside what the simulation says."""
    rows = [
        {"condition": each.condition.name, "readout": each.readout.name, "expected": each.expected, "simulated": word}
        for each, word in zip(result.plan.phenotypes, result.told, strict=True)
    ]
    table = pd.DataFrame(rows).merge(result.responses, how="left", on=["condition", "readout"])
    return table.assign(right=table["expected"] == table["simulated"])


def screen_document(result: Screened, path: Path) -> dict[str, Any]:
    """What `braincast simulate fly --screen --json` prints; `path` is where the folder will lie."""
    loaded, planned, peak = result.loaded, result.plan, peak_bytes()
    asked, protocol = planned.question, planned.screen.protocol
    by_change = np.argsort(-np.abs(result.responses["change_hz"].to_numpy()), kind="stable")
    names = NAMES | ({"phenotypes": PHENOTYPES, "nulls": LINES} if result.told else {})
    return {
        "neurons": loaded.network.n_neurons,
        "edges": loaded.network.n_edges,
        "synthetic": loaded.wiring.synthetic,
        "screen": asked.kind,
        "conditions": len(planned.screen.conditions),
        "conditions_simulated": result.n_simulated,
        "load_s": loaded.load_s,
        "compile_s": loaded.compile_s,
        "wall_s": result.wall_s,
        "simulated_s": protocol.simulated_s * result.n_simulated,
        "peak_memory_mb": 0.0 if peak is None else peak / 1e6,
        "braincast": VERSION,
        "wiring": described(loaded.wiring),
        "read_s": loaded.wiring.read_s,
        "edges_left_out": loaded.network.n_left_out,
        "driven": len(protocol.driven),
        "silenced": len(protocol.silenced),
        "asked": protocol.asked.to_dict(),
        "among": asked.among,
        "readouts": [each.name for each in planned.readouts],
        "threshold_hz": asked.threshold_hz,
        "responses": len(result.responses),
        "responses_changed": int(np.sum(np.abs(result.responses["change_hz"]) > asked.threshold_hz)),
        "strongest": result.responses.iloc[by_change[:_SHOWN]].to_dict("records"),
        "accuracy": _accuracy_document(result),
        "nulls_left_out": planned.left_out,
        "parameters": parameters_of(loaded.network),
        "files": {**{kind: str(path / name) for kind, name in names.items()}, "folder": str(path)},
    }


def _accuracy_document(result: Screened) -> dict[str, Any] | None:
    own = result.accuracy
    if own is None:
        return None
    nulls = {
        each.null: {"values": each.values.tolist(), "mean": float(each.values.mean()), "p": each.p(own.value)}
        for each in result.nulls
    }
    shown = {"value": own.value, "ci": list(own.ci), "right": own.right, "n": own.n, "floor": own.floor}
    return {**shown, "draws": result.plan.question.n_draws, "nulls": nulls}
