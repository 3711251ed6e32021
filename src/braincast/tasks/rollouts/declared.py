"""The rollout tasks that come with braincast, as they are made from their datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from braincast.tasks.forecasting.build import Design
from braincast.tasks.rollouts.build import LIMIT, build_rollout
from braincast.tasks.rollouts.rollout import Rollout

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset
    from braincast.tasks.forecasting.card import ForecastCard

# 320 frames are 16 units of time: 14 e-foldings of an error in convection, 25 in the ring.
_CHAOS = Design(context=16, horizon=320, stride=40)
_LAWFUL = Rollout(step=8, noise="none", limit=LIMIT, divergence=(4, 30))
# Brains are driven by what nobody recorded, so that a model of them has chance in it.
_DRIVEN = Rollout(step=1, noise="errors", limit=LIMIT, divergence=(0, 16))


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
        _LAWFUL,
        "Chaotic convection: does a model have the climate of its world?",
        "Given 16 frames of a chaotic brain of three units, how does a model go on by itself for 320 frames, and does "
        "it have the right climate?",
    ),
    "lorenz96-rollout": Declared(
        "synthetic-lorenz96",
        _CHAOS,
        Rollout(step=8, noise="none", limit=LIMIT, divergence=(2, 20)),
        "A chaotic ring: does a model have the climate of its world?",
        "Given 16 frames of a chaotic ring of eight units, how does a model go on by itself for 320 frames, and does "
        "it have the right climate?",
    ),
    "worm-rollout": Declared(
        "worm-atanas2023",
        Design(context=16, horizon=160, stride=40),
        _DRIVEN,
        "A moving worm's whole brain: does a model of it have its climate?",
        "Given 16 frames (10 s) of 98 named neurons of one freely moving worm, how does a model go on by itself for "
        "160 frames (96 s), and are its rhythms, states and correlations those of the worm?",
    ),
    "human-rollout": Declared(
        "human-hcp",
        Design(context=16, horizon=160, stride=20),
        _DRIVEN,
        "Seven resting human brains: does a model of them have their climate?",
        "Given 16 frames (11.5 s) of BOLD in 94 regions of a subject whose earlier frames were learned from, how does a "
        "model go on by itself for 160 frames (115 s), and are its rhythms, states and correlations the subject's?",
    ),
}


def declare(name: str, dataset: Dataset) -> ForecastCard:
    """Make a declaration from its dataset."""
    found = DECLARED[name]
    return build_rollout(dataset, name, found.design, found.rollout, title=found.title, question=found.question)
