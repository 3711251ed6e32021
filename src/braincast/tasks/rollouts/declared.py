"""The rollout tasks that come with braincast, as they are made from their datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from braincast.tasks.forecasting.build import Design, atlas_of_worms
from braincast.tasks.rollouts.build import LIMIT, build_rollout
from braincast.tasks.rollouts.rollout import Rollout

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset
    from braincast.tasks.forecasting.card import ForecastCard

# 160 frames are 8 units of time, in which errors grow a thousandfold; the 320 that follow are scored.
_CHAOS = Design(context=16, horizon=480, stride=40)
_CONVECTION = Rollout(step=1, noise="errors", undriven=("mean",), settle=160, limit=LIMIT, divergence=(4, 30))
_RING = _CONVECTION.model_copy(update={"divergence": (2, 16)})
# Brains are driven by what nobody recorded, so that a model of them has chance in it.
_BRAIN = Rollout(step=1, noise="errors", undriven=("mean",), settle=16, limit=LIMIT, divergence=(0, 16))


@dataclass(frozen=True)
class Declared:
    """A dataset, what was chosen about the task, and its words."""

    dataset: str
    design: Design
    rollout: Rollout
    title: str
    question: str


DECLARED: Mapping[str, Declared] = {
    "lorenz63-rollout": Declared(
        "synthetic-lorenz63",
        _CHAOS,
        _CONVECTION,
        "Chaotic convection: does a model have the climate of its world?",
        "Given 16 frames of a chaotic brain of three units, how does a model go on by itself for 480 frames, and does "
        "it have the right climate?",
    ),
    "lorenz96-rollout": Declared(
        "synthetic-lorenz96",
        _CHAOS,
        _RING,
        "A chaotic ring: does a model have the climate of its world?",
        "Given 16 frames of a chaotic ring of eight units, how does a model go on by itself for 480 frames, and does "
        "it have the right climate?",
    ),
    "worm-rollout": Declared(
        "worm-atanas2023",
        Design(context=16, horizon=176, stride=16),
        _BRAIN,
        "A moving worm's whole brain: does a model of it have its climate?",
        "Given 16 frames (10 s) of 98 named neurons of one freely moving worm, how does a model go on by itself for "
        "176 frames (106 s), and are its rhythms, states and correlations those of the worm?",
    ),
    "human-rollout": Declared(
        "human-hcp",
        Design(context=16, horizon=176, stride=16),
        _BRAIN,
        "Seven resting human brains: does a model of them have their climate?",
        "Given 16 frames (11.5 s) of BOLD in 94 regions of a subject whose earlier frames were learned from, how does "
        "a model go on by itself for 176 frames (127 s), and are its rhythms, states and correlations the subject's?",
    ),
}


def declare(name: str, dataset: Dataset) -> ForecastCard:
    """Make a declaration from its dataset."""
    found = DECLARED[name]
    words = {"title": found.title, "question": found.question}
    structure = {"structure": atlas_of_worms()} if found.dataset == "worm-atanas2023" else {}
    return build_rollout(dataset, name, found.design, found.rollout, **words, **structure)
