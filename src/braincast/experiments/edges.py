"""Can hidden edges be told? Every answerer on one question, each pair by a fit that did not see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from braincast.brain.connectome import Connectome
from braincast.errors import unknown_name
from braincast.forecasts.effects import check_effects
from braincast.models.edges.answerers import EDGE_ANSWERERS, PERMUTABLE
from braincast.models.edges.clues import Clues
from braincast.scoring.edges import EdgeScore, score_edges
from braincast.tasks.edges.question import EdgeQuestion
from braincast.tasks.edges.truth import open_edge_truth
from braincast.tasks.edges.visible import visible_in

N_DRAWS = 19


def answer_edges(name: str, question: EdgeQuestion, connectome: Connectome, clues: Clues) -> xr.DataArray:
    """effect[pre, post] of one answerer (an unknown one is E303); 0 is no opinion."""
    if name not in EDGE_ANSWERERS:
        raise unknown_name("E303", "answerer", name, EDGE_ANSWERERS)
    effect = np.zeros(question.fold.shape)
    for fold in range(question.n_folds):
        hidden = question.fold == fold
        effect[hidden] = EDGE_ANSWERERS[name](visible_in(question, connectome, fold), clues)[hidden]
    attributes = {"question": question.name, "question_hash": question.hash, "model": name}
    labels = {"pre": list(question.neurons), "post": list(question.neurons)}
    return xr.DataArray(effect, dims=("pre", "post"), coords=labels, attrs=attributes, name="effect")


def compare_edges(
    question: EdgeQuestion,
    connectome: Connectome,
    clues: Clues,
    names: Sequence[str] = tuple(EDGE_ANSWERERS),
    *,
    n_draws: int = N_DRAWS,
) -> Mapping[str, EdgeScore]:
    """The score of each answerer; those that look at activity, responses or genes beside as many permuted draws."""
    truth = open_edge_truth(question, connectome)
    permuted = [clues.permuted(seed=draw) for draw in range(n_draws)]
    scores = {}
    for name in names:
        answer = answer_edges(name, question, connectome, clues)
        check_effects(question, answer, name)
        draws = permuted if name in PERMUTABLE else []
        nulls = [answer_edges(name, question, connectome, null) for null in draws]
        scores[name] = score_edges(question, truth, answer, nulls)
    return scores
