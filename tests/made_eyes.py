"""A made-up optic lobe of eight cell types, a small task about it, answers to it and models of it, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.models.interface import ModelCard
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.declared import SCENES, fly_motion, stimuli
from braincast.tasks.encoding.facts import FLY_MOTION, Facts
from braincast.tasks.encoding.task import EncodingTask

TYPES = ("R1", "L1", "Mi1", "Tm1", "T4a", "T4c", "T5b", "T5d")
# Who excites (1) or inhibits (-1) whom, over which offsets of columns.
CONNECTIONS = (
    ("R1", "L1", -1, ((0, 0),)),
    ("L1", "Mi1", -1, ((0, 0), (1, 0), (0, 1), (-1, 0))),
    ("L1", "Tm1", 1, ((0, 0),)),
    ("Mi1", "T4a", 1, ((0, 0), (0, 1))),
    ("Tm1", "T4a", -1, ((0, -1), (1, -1), (0, -2))),
    ("Mi1", "T4c", 1, ((1, 0),)),
    ("Tm1", "T5b", 1, ((0, 1), (0, 0))),
    ("Tm1", "T5d", 1, ((0, 0),)),
)


def made_circuit() -> ColumnarCircuit:
    """Eight cell types in each column."""
    row = {name: index for index, name in enumerate(TYPES)}
    sizes = [len(offsets) for *_, offsets in CONNECTIONS]
    return ColumnarCircuit(
        cell_types=TYPES,
        stride=np.ones((len(TYPES), 2), dtype=np.int64),
        inputs=("R1",),
        outputs=TYPES[-4:],
        pre=np.array([row[pre] for pre, *_ in CONNECTIONS]),
        post=np.array([row[post] for _, post, *_ in CONNECTIONS]),
        sign=np.array([sign for *_, sign, _ in CONNECTIONS]),
        connection=np.repeat(np.arange(len(CONNECTIONS)), sizes),
        offset=np.array([offset for *_, offsets in CONNECTIONS for offset in offsets]),
        count=np.arange(1.0, 1 + sum(sizes)),
    )


def made_facts() -> Facts:
    """What is known of the eight types."""
    known = FLY_MOTION.model_dump()
    for field in ("polarity", "selective", "preferred_deg", "tuning"):
        known[field] = {name: value for name, value in known[field].items() if name in TYPES}
    for field in ("receptors", "not_selective"):
        known[field] = tuple(name for name in known[field] if name in TYPES)
    return Facts.model_validate(known)


def made_card(extent: int = 1, **changes: Any) -> EncodingCard:
    """Flashes, fast edges, gratings and a few scenes."""
    asked = [
        case for case in stimuli(extent, n_scenes=3, n_faster=2) if case.speed is None or case.speed in (13.0, 25.0)
    ]
    scenes = SCENES.model_copy(update={"n_validation": 2})
    own = {
        "cases": tuple(asked),
        "facts": made_facts(),
        "scenes": scenes,
        "n_resamples": 60,
        "lineup": ("optic-network",),
        "baselines": ("optic-untrained",),
    }
    return fly_motion(made_circuit(), "made", extent, **{**own, **changes})


def made_task(card: EncodingCard | None = None) -> EncodingTask:
    """The task about the made-up lobe."""
    return EncodingTask(card or made_card(), made_circuit)


def answered(card: EncodingCard, values: np.ndarray, model: str = "made") -> xr.DataArray:
    """An answer with its labels."""
    labels = {"case": [case.id for case in card.cases], "lead": list(card.leads), "neuron": list(card.neurons)}
    attrs = {"task": card.name, "task_hash": card.hash, "units": card.unit, "model": model}
    return xr.DataArray(values.astype(np.float32), labels, ("case", "lead", "neuron"), name="activity", attrs=attrs)


def ideal_values(card: EncodingCard, task: EncodingTask) -> np.ndarray:
    """Everything as it is known: polarities, a cut cosine around each preferred direction, the true flow."""
    facts, values = card.facts, np.zeros((len(card.cases), card.n_leads, len(card.neurons)))
    for row, (case, shown) in enumerate(zip(card.cases, task.cases(), strict=True)):
        for column, name in enumerate(card.cell_types):
            values[row, case.n_leads // 2 : case.n_leads, column] = ideal_response(facts, name, case)
        if case.kind == "scene":
            values[row, : case.n_leads, -2:] = shown.flow()
    return values


def ideal_response(facts: Facts, name: str, case: Any) -> float:
    """How strongly a cell type answers to a stimulus, if all that is known of it is true."""
    liked = "on" if facts.polarity[name] > 0 else "off"
    if case.kind == "flash":
        return 1.0 if case.polarity == liked else -1.0
    if case.kind == "grating":
        return 1.0 / (1 + abs(np.log2(case.frequency_hz / facts.best_frequency_hz)))
    if case.kind == "edge" and case.polarity == liked:
        if name not in facts.selective:
            return 1.0
        angle = facts.tuning_angles_deg.index(case.angle_deg)
        return facts.tuning[name][angle]
    return 0.0


@dataclass(frozen=True, eq=False)
class Blurred:
    """Light that was seen a while ago, times a number for each type."""

    gain: np.ndarray

    @property
    def n_parameters(self) -> int:
        return self.gain.size

    def forecast(self, cases: Any, prepared: np.ndarray) -> np.ndarray:
        out = np.zeros(cases.shape)
        for row, shown in enumerate(cases):
            light = shown.movie(0.02).light[: shown.n_leads] - 0.5
            seen = light @ np.ones((light.shape[1], 1)) / light.shape[1]
            out[row, : shown.n_leads, :-2] = seen * self.gain * prepared
            out[row, shown.n_leads :] = out[row, shown.n_leads - 1]
        return out


class MadeNetwork:
    """Learns one number for each type from nothing at all; the wiring says whether light excites it."""

    card = ModelCard(
        "optic-network",
        "made for tests",
        ("encoding",),
        ("connectome",),
        {},
        stochastic=True,
        typical_fit_s=0.1,
        answers=("response",),
    )
    fitted_type = Blurred
    candidates: tuple[dict[str, Any], ...] = ({},)

    def prepare(self, structure: Any) -> np.ndarray:
        circuit = structure.circuit
        return np.array([circuit.sign[circuit.post == k].sum() or 1 for k in range(circuit.n_types)], dtype=float)

    def fit(self, training: Any, prepared: Any, settings: Any, *, seed: int) -> Blurred:
        scenes = training.movies(2, seed=seed)
        return Blurred(np.random.default_rng(seed).uniform(0.5, 1.0, len(prepared)) * float(scenes.light.std()))


class MadeFloor(MadeNetwork):
    """The same without looking at a scene."""

    card = ModelCard(
        "optic-untrained",
        "made for tests",
        ("encoding",),
        ("connectome",),
        {},
        stochastic=True,
        typical_fit_s=0.1,
        answers=("response",),
        fewest_seeds=3,
    )

    def fit(self, training: Any, prepared: Any, settings: Any, *, seed: int) -> Blurred:
        return Blurred(np.random.default_rng(seed).uniform(-1.0, 1.0, len(prepared)))
