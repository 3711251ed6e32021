"""Brains of which it is known whether their wiring helps, the tasks about them, and models that fit in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from braincast.brain.connectome import Connectome
from braincast.brain.nulls import identity_permuted
from braincast.brain.specimen import Specimen
from braincast.datasets.card import DatasetCard
from braincast.datasets.dataset import Dataset
from braincast.datasets.synthetic.wired import paired_wiring, recording_on, responses_on
from braincast.models.interface import Settings
from braincast.tasks.card import Case, MetricUse, TaskCard
from braincast.tasks.folds import balanced_folds
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask
from braincast.tasks.registry import perturbation_card
from braincast.tasks.task import Task

_N_FOLDS = 2


@dataclass(frozen=True)
class Family:
    """Brains of one kind and the model that is tested on them; `settings` are fixed, so that a fit takes little time.

    `simulate(wiring, strength, seed)` gives what was measured on a wiring, as fields of a specimen.
    """

    name: str
    n_classes: int
    strength: float
    model: str
    settings: Settings
    simulate: Callable[[Connectome, float, int], dict[str, Any]]
    ask: Callable[[Specimen], AnyTask]


def brain(family: Family, *, seed: int, own_wiring: bool, strength: float | None = None) -> Specimen:
    """A specimen whose activity follows its connectome or, without `own_wiring`, one with all names exchanged."""
    connectome = paired_wiring(family.n_classes, seed=seed)
    followed = connectome if own_wiring else identity_permuted(connectome, seed=seed)
    measured = family.simulate(followed, family.strength if strength is None else strength, seed)
    return Specimen(f"synthetic-{seed}", "none", connectome=connectome, wiring="same animal", n_animals=1, **measured)


def perturbed(specimen: Specimen) -> Task:
    """Which neurons respond when one is stimulated: as `worm-perturbation`, scored by the pooled AUROC alone."""
    assert specimen.connectome is not None
    neurons = specimen.connectome.neurons
    ids, classes = tuple(neurons["id"]), tuple(neurons["cell_class"])
    folds = balanced_folds(classes, _N_FOLDS).tolist()
    cases = tuple(
        Case(id=neuron, stimulated=(neuron,), fold=fold, group=group)
        for neuron, fold, group in zip(ids, folds, classes, strict=True)
    )
    worm = perturbation_card("worm-perturbation").model_dump()
    asked = {
        "name": "wired-perturbation",
        "dataset": "wired",
        "dataset_hash": "0" * 64,
        "specimen": specimen.name,
        "wiring": specimen.wiring,
    }
    scored = {"metrics": (MetricUse(key="auroc", target="responds"),), "strata": {}, "n_folds": _N_FOLDS}
    card = TaskCard(**{**worm, **asked, **scored, "neurons": ids, "cell_classes": classes, "cases": cases})
    return Task(card, lambda: specimen)


def recorded(specimen: Specimen) -> ForecastTask:
    """What all neurons do in the next frames, scored by the mean absolute error alone."""
    own = DatasetCard(
        name="wired",
        version="1",
        title="Linear networks on a wiring",
        species="none",
        summary="Simulated.",
        n_animals="1",
        licence="CC0-1.0",
        citation=(),
        sources=(),
        redistribute="yes",
        contents=(),
    )
    scored = {"metrics": (MetricUse(key="mae", target="activity"),)}
    dataset = Dataset(own, {specimen.name: specimen})
    card = build(dataset, "wired-forecast", Design(context=4, horizon=2, in_frames=True), **scored)
    return ForecastTask(card, lambda: dataset.specimens)


PERTURBATION = Family(
    "perturbation",
    n_classes=20,
    strength=0.5,
    model="connectome-propagator",
    settings={"chemical_gain": 0.6, "electrical_gain": 0.3},
    simulate=lambda wiring, strength, seed: {"responses": responses_on(wiring, strength=strength, seed=seed)},
    ask=perturbed,
)
FORECAST = Family(
    "forecast",
    n_classes=12,
    strength=0.5,
    model="masked-var",
    settings={
        "order": 1,
        "partner_frames": 1,
        "own_penalty": 1e-3,
        "penalty": 1.0,
        "exponent": 0.0,
        "wireless": False,
        "scope": "pooled",
    },
    simulate=lambda wiring, strength, seed: {
        "recordings": {"rest": recording_on(wiring, 600, coupling=strength, seed=seed)}
    },
    ask=recorded,
)
FAMILIES: Mapping[str, Family] = {family.name: family for family in (PERTURBATION, FORECAST)}
