"""The leakage audit of encoding tasks: other facts about cells, other test scenes, and demand the same answers."""

from __future__ import annotations

import numpy as np

from braincast.models.interface import AnyModel, Settings
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.facts import Facts
from braincast.tasks.encoding.rendering import test_seed
from braincast.tasks.encoding.task import EncodingTask
from braincast.training.fit import fit


def moved_responses(
    model: AnyModel, task: EncodingTask, *, seed: int, settings: Settings | None = None
) -> tuple[str, ...]:
    """Cases whose answer moved when the model learned where every fact is another and test scenes are others.

    The fit to the made-up task is asked about the stimuli of the true one.
    """
    made_up = type(task)(_made_up(task.card), lambda: task.circuit)
    before, after = (
        fit(model, one, seed=seed, settings=settings).forecast(task.cases()).values for one in (task, made_up)
    )
    return tuple(case.id for row, case in enumerate(task.card.cases) if not np.array_equal(before[row], after[row]))


def _made_up(card: EncodingCard) -> EncodingCard:
    scenes = (case for case in card.cases if case.kind == "scene")
    others = {case.id: test_seed(len(card.cases) + number) for number, case in enumerate(scenes)}
    cases = (c.model_copy(update={"seed": others[c.id]}) if c.id in others else c for c in card.cases)
    return card.model_copy(update={"cases": tuple(cases), "facts": _contrary(card.facts)})


def _contrary(facts: Facts) -> Facts:
    """Light for darkness, the opposite directions, and the curves of other types."""
    tuning = dict(zip(facts.tuning, reversed(list(facts.tuning.values())), strict=True))
    contrast = {name: "off" if liked == "on" else "on" for name, liked in facts.selective.items()}
    changes = {
        "polarity": {name: -sign for name, sign in facts.polarity.items()},
        "selective": contrast,
        "preferred_deg": {name: (degrees + 180) % 360 for name, degrees in facts.preferred_deg.items()},
        "tuning": tuning,
    }
    return facts.model_copy(update=changes)
