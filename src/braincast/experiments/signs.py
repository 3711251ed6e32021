"""Can the sign of an edge be told? Every answerer on one question, edges held out by the class of their pre neuron."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from braincast.brain.connectome import Connectome
from braincast.errors import unknown_name
from braincast.forecasts.effects import check_effects
from braincast.models.signs.answerers import SIGN_ANSWERERS
from braincast.scoring.effects import SignScore, score_effects
from braincast.tasks.effects import EffectQuestion
from braincast.tasks.sign_truth import open_sign_truth
from braincast.tasks.task import Task


def answer_signs(name: str, question: EffectQuestion, circuit: Connectome, task: Task) -> xr.DataArray:
    """effect[pre, post] of one answerer (an unknown one is E303), 0 from neurons that no case of `task` stimulates."""
    if name not in SIGN_ANSWERERS:
        raise unknown_name("E303", "answerer", name, SIGN_ANSWERERS)
    neurons = list(question.neurons)
    circuit, effect = circuit.subgraph(neurons), np.zeros((len(neurons), len(neurons)))
    for fold in range(task.card.n_folds):
        answered = SIGN_ANSWERERS[name](circuit, task.structure, task.training(fold))
        rows = [neurons.index(neuron) for (neuron,) in task.cases("test", fold=fold).stimulated]
        effect[rows] = answered[rows]
    attributes = {"question": question.name, "question_hash": question.hash, "model": name}
    labels = {"pre": neurons, "post": neurons}
    return xr.DataArray(effect, dims=("pre", "post"), coords=labels, attrs=attributes, name="effect")


def compare_signs(
    question: EffectQuestion, circuit: Connectome, task: Task, answers: Mapping[str, xr.DataArray] | None = None
) -> dict[str, SignScore]:
    """The score of every answerer, and of further `answers` by name; each is checked first."""
    truth = open_sign_truth(question, task)
    every = {name: answer_signs(name, question, circuit, task) for name in SIGN_ANSWERERS} | dict(answers or {})
    for name, effects in every.items():
        check_effects(question, effects, name)
    return {name: score_effects(question, truth, effects) for name, effects in every.items()}
