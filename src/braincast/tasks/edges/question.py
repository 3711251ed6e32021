"""Is there an edge? A question about every pair of neurons, and which pairs are hidden together."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Int
from pydantic import Field

from braincast.files import sha256_of_json
from braincast.tasks.card import Declaration

NOT_ASKED = -1


class EdgeQuestion(Declaration):
    """A question about pairs of neurons, declared; the answer is effect[pre, post], larger where an edge is likelier.

    In each fold a fifth of the pairs of cell classes is hidden, with all pairs of their neurons, both ways: the reverse
    pair and those of homologues would give a pair away. All other pairs may be learned from. Chemical edges have a
    direction; of electrical ones each pair is asked about once (pre before post in the order of `neurons`).
    """

    name: str
    version: str
    question: str
    dataset: str
    dataset_hash: str
    kind: Literal["chemical", "electrical"]
    neurons: tuple[str, ...]
    cell_classes: tuple[str, ...]
    n_folds: int = Field(ge=2)
    seed: int = Field(ge=0)
    n_resamples: int = Field(ge=1)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the whole declaration."""
        return sha256_of_json(self.model_dump(mode="json"))

    def to_show(self) -> dict[str, Any]:
        """The declaration with its hash, and how many pairs are asked about."""
        return {**self.model_dump(mode="json"), "n_pairs": int(self.asked.sum()), "hash": self.hash}

    @property
    def is_symmetric(self) -> bool:
        """Whether an edge has no direction."""
        return self.kind == "electrical"

    @cached_property
    def fold(self) -> Int[np.ndarray, "pre post"]:
        """The fold in which each pair is hidden; `NOT_ASKED` for a neuron with itself."""
        classes = {name: number for number, name in enumerate(dict.fromkeys(self.cell_classes))}
        number = np.array([classes[name] for name in self.cell_classes])
        n = len(classes)
        drawn = np.zeros((n, n), dtype=np.int64)
        lower = np.tril_indices(n)
        dealt = np.arange(len(lower[0])) % self.n_folds
        drawn[lower] = np.random.default_rng(self.seed).permutation(dealt)
        both = np.maximum(drawn, drawn.T)
        fold = both[np.ix_(number, number)]
        np.fill_diagonal(fold, NOT_ASKED)
        return fold

    @cached_property
    def asked(self) -> Bool[np.ndarray, "pre post"]:
        """Pairs that are scored."""
        everyone = self.fold != NOT_ASKED
        return np.triu(everyone) if self.is_symmetric else everyone
