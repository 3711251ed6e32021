"""A perturbation task's training responses as .npy files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from braincast.files import write_json
from braincast.tasks.task import Task


def write_responses(task: Task, folder: Path) -> dict[str, str]:
    """What stands in each file."""
    for fold in range(task.card.n_folds):
        training, place = task.training(fold), folder / f"fold-{fold}"
        place.mkdir()
        cases = zip(training.cases.ids, training.cases.stimulated, strict=True)
        write_json(place / "learned.json", [{"id": name, "stimulated": list(neurons)} for name, neurons in cases])
        seen = {"responds": training.responds, "mean_response": training.mean_response, "course": training.course}
        for name, values in seen.items():
            if values is not None:
                np.save(place / f"{name}.npy", values, allow_pickle=False)
    described = {
        "fold-F/learned.json": "of each training case: id and stimulated neurons",
        "fold-F/responds.npy": "[training case, neuron]: 1 where the neuron responded, 0 where not, NaN: not measured",
        "fold-F/mean_response.npy": "[training case, neuron]: mean response over trials, NaN: not measured",
    }
    if task.card.answer == "course":
        described["fold-F/course.npy"] = "[training case, lead, neuron]: course of the response, NaN: none"
    return described
