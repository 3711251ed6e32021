"""The forecast tasks that come with braincast, as they are made from their datasets.

Their declarations lie in `definitions/`, so that they can be shown without data; `declare` makes them again, bit for
bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from braincast.tasks.forecasting.build import Design, atlas_of_worms, build

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset
    from braincast.tasks.forecasting.card import ForecastCard

# Context and horizon of POCO's worm and zebrafish sessions, at half the horizon (Duan et al. 2025).
_WORM = Design(context=48, horizon=8)
# 16 frames are 11.5 s. Windows that overlap say little new, so that every fourth is asked about.
_HUMAN = Design(context=16, horizon=8, stride=4)
_SYNTHETIC = Design(context=16, horizon=8, stride=4)


@dataclass(frozen=True)
class Declared:
    """A dataset, what was chosen about the task, and further fields of its card, or functions that give them."""

    dataset: str
    design: Design
    changes: Mapping[str, Any]


DECLARED: Mapping[str, Declared] = {
    "worm-forecast": Declared(
        "worm-atanas2023",
        _WORM,
        {
            "title": "A moving worm's whole brain: what do its neurons do in the next five seconds?",
            "question": "Given 48 frames (29 s) of 98 named neurons of one freely moving worm, what does each do in "
            "the next 8 frames (4.8 s)?",
            "structure": atlas_of_worms,
        },
    ),
    "zebrafish-regions": Declared(
        "zebrafish-legare2025",
        Design(context=16, horizon=8),
        {
            "title": "A larval zebrafish, region by region: what happens in the next eight frames?",
            "question": "Given 16 frames of the mean activity of 67 brain regions of one larval zebrafish, what does "
            "each do in the next 8 frames?",
        },
    ),
    "human-forecast": Declared(
        "human-hcp",
        _HUMAN,
        {
            "title": "Seven resting human brains: what does BOLD do in the next six seconds?",
            "question": "Given 16 frames (11.5 s) of BOLD in 94 regions of a subject whose earlier frames were learned "
            "from, what does each region do in the next 8 frames (5.8 s)?",
        },
    ),
    "human-transfer": Declared(
        "human-hcp",
        replace(_HUMAN, held_out_animals=True),
        {
            "title": "Resting human brains never seen before: what does BOLD do in the next six seconds?",
            "question": "Given 16 frames (11.5 s) of BOLD in 94 regions of a subject that no model learned from, what "
            "does each region do in the next 8 frames (5.8 s)? The windows are those of human-forecast.",
        },
    ),
    "synthetic-linear": Declared(
        "synthetic-linear",
        _SYNTHETIC,
        {
            "title": "A linear brain whose truth is known: does a model reach the noise floor?",
            "question": "Given 16 frames of a made-up brain that follows a linear law with noise, what does each "
            "neuron do in the next 8 frames?",
        },
    ),
    "synthetic-chaos": Declared(
        "synthetic-chaos",
        _SYNTHETIC,
        {
            "title": "A chaotic brain whose truth is known: how far ahead can it be told?",
            "question": "Given 16 noisy frames of a made-up chaotic brain, what does each neuron do in the next 8 "
            "frames?",
        },
    ),
}


def declare(name: str, dataset: Dataset) -> ForecastCard:
    """Make a declaration from its dataset."""
    return made(name, DECLARED[name], dataset)


def made(name: str, declared: Declared, dataset: Dataset) -> ForecastCard:
    """The declaration of a task of that name."""
    changes = {field: value() if callable(value) else value for field, value in declared.changes.items()}
    return build(dataset, name, declared.design, **changes)
