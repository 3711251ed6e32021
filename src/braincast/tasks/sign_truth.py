"""The truth of a question about signs: opened by scoring alone."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.tasks.effects import EffectQuestion
from braincast.tasks.task import Task
from braincast.tasks.truth import open_truth


def open_sign_truth(question: EffectQuestion, task: Task) -> Float[np.ndarray, "pre post"]:
    """+1 or -1 where the circuit has an edge and the pair responds significantly, by its mean response; else NaN.

    A response is that of a pair, not of an edge: other paths contribute to it, and a pair may respond with the sign of
    a path of two synapses. It is the best that the atlas can say.
    """
    truth = open_truth(task)
    responds, mean = truth.targets["responds"][:, 0], truth.targets["mean_response"][:, 0]
    sign = np.where((responds == 1) & np.isfinite(mean) & (mean != 0), np.sign(mean), np.nan)
    signs = np.full((len(question.neurons), len(question.neurons)), np.nan)
    rows = [question.neurons.index(case.stimulated[0]) for case in task.card.cases]
    signs[rows] = sign
    return np.where(question.wired, signs, np.nan)
