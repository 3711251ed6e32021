"""Questions about the circuit itself: which neurons are wired, and with which sign? The answer is effect[pre, post].

`asked` finds a question, or a task, by name and needs no data.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Bool
from pydantic import Field

from braincast.files import sha256_of_json
from braincast.tasks.card import Declaration
from braincast.tasks.edges.question import EdgeQuestion
from braincast.tasks.kinds import AnyCard
from braincast.tasks.registry import task_card

QUESTIONS = ("worm-signs", "worm-edges", "worm-gap-junctions")


class EffectQuestion(Declaration):
    """A question about edges, declared. `edges` are all chemical edges of the circuit, (pre, post) by neuron id.

    What an answerer may learn from, and which neurons it is held out on, is that of the perturbation task `based_on`:
    each edge whose `pre` is a case there is answered by a fit that never saw the class of `pre` stimulated. Of that
    task only the folds enter the hash: its line-up may change without another question being asked here.
    """

    name: str
    version: str
    question: str
    dataset: str
    dataset_hash: str
    based_on: str
    folds_hash: str
    neurons: tuple[str, ...]
    cell_classes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    n_permutations: int = Field(ge=1)
    n_resamples: int = Field(ge=1)

    @property
    def hash(self) -> str:
        """SHA-256 of the whole declaration."""
        return sha256_of_json(self.model_dump(mode="json"))

    def to_show(self) -> dict[str, Any]:
        """The declaration with its hash."""
        return {**self.model_dump(mode="json"), "hash": self.hash}

    @property
    def wired(self) -> Bool[np.ndarray, "pre post"]:
        """Where the circuit has an edge."""
        place = {neuron: index for index, neuron in enumerate(self.neurons)}
        wired = np.zeros((len(place), len(place)), dtype=bool)
        for pre, post in self.edges:
            wired[place[pre], place[post]] = True
        return wired


AnyQuestion: TypeAlias = EffectQuestion | EdgeQuestion


def asked(name: str) -> AnyCard | AnyQuestion:
    """The declaration of a question about the circuit, or else of a task; an unknown name is E302."""
    if name not in QUESTIONS:
        return task_card(name)
    declared = files("braincast.tasks").joinpath("definitions", f"{name}.json")
    kind = EffectQuestion if name == "worm-signs" else EdgeQuestion
    return kind.model_validate_json(declared.read_text(encoding="utf-8"))
