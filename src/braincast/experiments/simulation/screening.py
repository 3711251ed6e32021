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
import zarr
from jaxtyping import Float, Int

from braincast import files
from braincast.brain.arrays import read_arrays, values_of
from braincast.errors import BraincastError
from braincast.experiments.simulation.chosen import Directory, Named, words_of
from braincast.experiments.simulation.job import Loaded
from braincast.experiments.simulation.phenotypes import Accuracy, Phenotype, accuracy, read_phenotypes
from braincast.experiments.simulation.protocol import Protocol
from braincast.experiments.simulation.screen import STORE, Kind, Screen, write_screen
from braincast.experiments.simulation.shuffles import Shuffled, chosen_nulls, shuffled

_TINY_HZ = 1e-4
KINDS = ("activate", "silence")
DRAWS = 19


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

    @property
    def n_simulated(self) -> int:
        """Conditions other than the silencing of who is silent anyway."""
        conditions, silencing = self.plan.screen.conditions, self.plan.screen.kind == "silence"
        return sum(not silencing or bool(self.baseline_hz[each.rows].any()) for each in conditions)


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
    changes = read_arrays(folder / STORE)[0]["activity"]
    responses = _responses(planned, baseline_hz, changes)
    told = _told(planned, baseline_hz, changes)
    nulls = _wrong_wirings(folder, loaded, planned, n_threads) if told else []
    found = accuracy(planned.phenotypes, told) if told else None
    return Screened(loaded, planned, baseline_hz, responses, told, found, nulls, wall_s)


def _readouts(question: Question, phenotypes: Sequence[Phenotype], directory: Directory) -> list[Named]:
    asked = directory.named(words_of(question.readout, "--readout"), "--readout") if question.readout else []
    found = {each.name: each for each in (*asked, *(p.readout for p in phenotypes))}
    return list(found.values()) or [Named("all", np.arange(directory.n_neurons))]


def _responses(planned: Plan, baseline_hz: Float[np.ndarray, " neuron"], changes: zarr.Array) -> pd.DataFrame:
    """Read a few chunks at a time: thousands of conditions and neurons need not fit in memory."""
    conditions, n = planned.screen.conditions, len(planned.readouts)
    places = [np.searchsorted(planned.rows, each.rows) for each in planned.readouts]
    baselines = [baseline_hz[each.rows] for each in planned.readouts]
    change_hz, n_active = np.zeros((len(conditions), n)), np.zeros((len(conditions), n), np.int64)
    for start in range(0, len(conditions), changes.chunks[0]):
        block = slice(start, start + changes.chunks[0])
        values = values_of(changes, block)[:, 0].astype(np.float64)
        for k, (place, baseline) in enumerate(zip(places, baselines, strict=True)):
            change_hz[block, k] = values[:, place].mean(axis=1)
            n_active[block, k] = (values[:, place] + baseline > _TINY_HZ).sum(axis=1)
    return pd.DataFrame(
        {
            "condition": np.repeat([each.name for each in conditions], n),
            "n_neurons": np.repeat([len(each.rows) for each in conditions], n),
            "readout": [each.name for each in planned.readouts] * len(conditions),
            "n_readout": [len(each.rows) for each in planned.readouts] * len(conditions),
            "baseline_hz": [float(each.mean()) for each in baselines] * len(conditions),
            "change_hz": change_hz.ravel(),
            "n_active": n_active.ravel(),
        }
    )


def _told(planned: Plan, baseline_hz: Float[np.ndarray, " neuron"], changes: zarr.Array) -> list[str]:
    """What the screen says of each phenotype, from the stored changes of its condition."""
    place = {each.name: number for number, each in enumerate(planned.screen.conditions)}
    told = []
    for phenotype in planned.phenotypes:
        rate_hz = baseline_hz.copy()
        rate_hz[planned.rows] += values_of(changes, place[phenotype.condition.name])[0]
        told.append(phenotype.told(rate_hz, baseline_hz, planned.question.threshold_hz))
    return told


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
