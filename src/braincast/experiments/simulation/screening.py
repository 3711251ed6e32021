"""A screen from its question to its answer: conditions, readouts, measured phenotypes and wrong wirings."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from braincast import files
from braincast.brain.arrays import read_arrays, values_of
from braincast.brain.folders import write_table
from braincast.errors import BraincastError
from braincast.experiments.simulation.chosen import Directory, Named, words_of
from braincast.experiments.simulation.job import Loaded, described, parameters_of
from braincast.experiments.simulation.phenotypes import Accuracy, Phenotype, accuracy, read_phenotypes, told_by
from braincast.experiments.simulation.protocol import Protocol
from braincast.experiments.simulation.screen import STORE, Kind, Screen, write_screen
from braincast.experiments.simulation.shuffles import LINES, Shuffled, chosen_nulls, shuffled
from braincast.forecasts.submissions.limits import peak_bytes
from braincast.version import VERSION

_SHOWN = 20
KINDS = ("activate", "silence")
NAMES = {"activity": STORE, "responses": "responses.parquet", "neurons": "neurons.parquet"}
PHENOTYPES, DRAWS = "phenotypes.parquet", 19


@dataclass(frozen=True)
class Question:
    """What a screen is asked, in the words of the command line; impossible ones are E305."""

    kind: str
    among: str | None = None
    readout: str | None = None
    phenotypes: Path | None = None
    nulls: str | None = None
    n_draws: int = DRAWS
    threshold_hz: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise _refused("--screen", f"there is no screen {self.kind!r}", "Choose activate or silence")
        if self.among is None and self.phenotypes is None:
            fix = "Name neurons or types with --among, or give --phenotypes"
            raise _refused("--screen", "it is not said which conditions to screen", fix)
        if not (math.isfinite(self.threshold_hz) and self.threshold_hz >= 0):
            raise _refused("--threshold", f"{self.threshold_hz!r} is not possible", "Give 0 or more, in hertz")
        if self.n_draws < 1:
            raise _refused("--draws", f"{self.n_draws} is not possible", "Give 1 or more")
        if self.nulls is not None and self.phenotypes is None:
            raise _refused("--nulls", "wrong wirings are compared by phenotypes", "Add --phenotypes")


@dataclass(frozen=True, eq=False)
class Plan:
    """A question with its neurons found; `left_out` says why usual nulls are not drawn."""

    question: Question
    screen: Screen
    readouts: Sequence[Named]
    phenotypes: Sequence[Phenotype]
    nulls: Sequence[str]
    left_out: dict[str, str]

    @property
    def rows(self) -> Int[np.ndarray, " readout"]:
        """All neurons read, rising."""
        return np.unique(np.concatenate([each.rows for each in self.readouts]))

    def to_dict(self) -> dict[str, Any]:
        """All that the answer follows from beside the wiring and the protocol, as JSON."""
        asked = self.question
        conditions = [[each.name, each.rows.tolist()] for each in self.screen.conditions]
        table = [[p.condition.name, p.readout.name, p.expected] for p in self.phenotypes]
        return {
            "screen": asked.kind,
            "conditions_sha256": files.sha256_of_json(conditions),
            "readouts": [each.name for each in self.readouts],
            "threshold_hz": asked.threshold_hz,
            "phenotypes_sha256": files.sha256_of_json(table),
            "nulls": list(self.nulls),
            "draws": asked.n_draws,
        }


@dataclass(frozen=True, eq=False)
class Screened:
    """What came of a screen: `responses` has a row for each condition and readout."""

    loaded: Loaded
    plan: Plan
    baseline_hz: Float[np.ndarray, " neuron"]
    responses: pd.DataFrame
    told: Sequence[str]
    accuracy: Accuracy | None
    nulls: Sequence[Shuffled]
    wall_s: float


def plan(question: Question, protocol: Protocol, loaded: Loaded, directory: Directory) -> Plan:
    """Conditions, readouts and nulls of a question; the errors of a directory, of `read_phenotypes` and E305."""
    if question.kind == "silence" and not len(protocol.driven):
        fix = "Drive some with --stimulate or --input-spikes"
        raise _refused("--screen", "without a drive nobody spikes, so that silencing changes nothing", fix)
    phenotypes = read_phenotypes(question.phenotypes, directory) if question.phenotypes else []
    seed, among = protocol.asked.seed, question.among
    asked = directory.conditions(among, "--among", seed=seed) if among else []
    conditions = {each.name: each for each in (*asked, *(p.condition for p in phenotypes))}
    screen = Screen(cast(Kind, question.kind), list(conditions.values()), protocol)
    nulls, left_out = chosen_nulls(loaded.wiring.connectome, question.nulls) if phenotypes else ([], {})
    return Plan(question, screen, _readouts(question, phenotypes, directory), phenotypes, nulls, left_out)


def screened(folder: Path, loaded: Loaded, planned: Plan, *, source: str, n_threads: int) -> Screened:
    """Carry a plan out in a run's folder; what was finished there before a stop is kept."""
    started = time.perf_counter()
    screen, network, ids = planned.screen, loaded.network, loaded.wiring.connectome.neuron_ids
    baseline_hz, rows = screen.baseline_hz(network), planned.rows
    names = [ids[row] for row in rows]
    write_screen(folder, screen, network, baseline_hz, rows, names, source=source, n_threads=n_threads)
    wall_s = time.perf_counter() - started
    changes = values_of(read_arrays(folder / STORE)[0]["activity"])[:, 0]
    responses = _responses(planned, baseline_hz, changes)
    told = _told(planned, baseline_hz, changes)
    nulls = _wrong_wirings(folder, loaded, planned, n_threads) if told else []
    found = accuracy(planned.phenotypes, told) if told else None
    return Screened(loaded, planned, baseline_hz, responses, told, found, nulls, wall_s)


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
        "load_s": loaded.load_s,
        "compile_s": loaded.compile_s,
        "wall_s": result.wall_s,
        "simulated_s": protocol.simulated_s * len(planned.screen.conditions),
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


def _readouts(question: Question, phenotypes: Sequence[Phenotype], directory: Directory) -> list[Named]:
    asked = directory.named(words_of(question.readout, "--readout"), "--readout") if question.readout else []
    found = {each.name: each for each in (*asked, *(p.readout for p in phenotypes))}
    return list(found.values()) or [Named("all", np.arange(directory.n_neurons))]


def _responses(
    planned: Plan, baseline_hz: Float[np.ndarray, " neuron"], changes: Float[np.ndarray, "case readout"]
) -> pd.DataFrame:
    place = {int(row): number for number, row in enumerate(planned.rows)}
    tables = []
    for order, readout in enumerate(planned.readouts):
        own = changes[:, [place[int(row)] for row in readout.rows]].astype(np.float64)
        baseline = baseline_hz[readout.rows]
        table = {
            "condition": [each.name for each in planned.screen.conditions],
            "n_neurons": [len(each.rows) for each in planned.screen.conditions],
            "readout": readout.name,
            "n_readout": len(readout.rows),
            "baseline_hz": float(baseline.mean()),
            "change_hz": own.mean(axis=1),
            "n_active": (own + baseline > 1e-6).sum(axis=1),
        }
        tables.append(pd.DataFrame(table).assign(order=order, case=np.arange(len(own))))
    return pd.concat(tables).sort_values(["case", "order"]).drop(columns=["case", "order"]).reset_index(drop=True)


def _told(
    planned: Plan, baseline_hz: Float[np.ndarray, " neuron"], changes: Float[np.ndarray, "case readout"]
) -> list[str]:
    rates = {}
    for each, change in zip(planned.screen.conditions, changes, strict=True):
        rates[each.name] = baseline_hz.copy()
        rates[each.name][planned.rows] += change
    return told_by(planned.phenotypes, rates, baseline_hz, planned.question.threshold_hz)


def _wrong_wirings(folder: Path, loaded: Loaded, planned: Plan, n_threads: int) -> list[Shuffled]:
    conditions = {p.condition.name: p.condition for p in planned.phenotypes}
    asked = planned.question
    return shuffled(
        folder,
        loaded.wiring.connectome,
        loaded.network.parameters,
        Screen(planned.screen.kind, list(conditions.values()), planned.screen.protocol),
        planned.phenotypes,
        planned.nulls,
        n_draws=asked.n_draws,
        seed=planned.screen.protocol.asked.seed,
        threshold_hz=asked.threshold_hz,
        n_threads=n_threads,
    )


def _refused(option: str, what: str, fix: str) -> BraincastError:
    return BraincastError("E305", option, what, fix)
