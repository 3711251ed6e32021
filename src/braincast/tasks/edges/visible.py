"""What may be learned from in a fold of a question about edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from braincast.brain.connectome import Connectome
from braincast.tasks.edges.question import NOT_ASKED, EdgeQuestion


@dataclass(frozen=True, eq=False)
class Visible:
    """Which pairs are known in a fold, and which of these have an edge; False where a pair is hidden."""

    known: Bool[np.ndarray, "pre post"]
    wired: Bool[np.ndarray, "pre post"]


def visible_in(question: EdgeQuestion, connectome: Connectome, fold: int) -> Visible:
    """All pairs that the fold does not hide."""
    known = (question.fold != fold) & (question.fold != NOT_ASKED)
    return Visible(known, wired_pairs(question, connectome) & known)


def wired_pairs(question: EdgeQuestion, connectome: Connectome) -> Bool[np.ndarray, "pre post"]:
    """Where the connectome has an edge of the kind that is asked about, in the question's order."""
    found = connectome.subgraph(list(question.neurons)).adjacency(question.kind).toarray() > 0
    return found | found.T if question.is_symmetric else found
