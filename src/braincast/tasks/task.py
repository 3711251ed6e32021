"""A task: its declaration, and access to what models may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from braincast.errors import BraincastError
from braincast.tasks.card import TaskCard
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training
from braincast.tasks.trials import mean_response_of

if TYPE_CHECKING:
    from braincast.brain.specimen import Specimen

Split = Literal["train", "test"]
SIGNIFICANT_Q = 0.05  # Randi et al. 2023, Nature 623:406: a response is significant at a false discovery rate of 5 %


class Task:
    """A perturbation task. Hands out cases, training responses and structure; never the truth of a held-out case.

    The specimen is loaded on first use, so that a task can be shown without its data.
    """

    def __init__(self, card: TaskCard, load: Callable[[], Specimen]) -> None:
        self.card = card
        self._load = load

    def __repr__(self) -> str:
        card = self.card
        return f"Task {card.name} {card.version} ({card.kind}, {len(card.cases)} cases, {card.hash[:12]})"

    def _repr_html_(self) -> str:
        from braincast.brain.display import html_card

        card = self.card
        return html_card("Task", card.name, {"question": card.question, "cases": len(card.cases), "hash": card.hash})

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def hash(self) -> str:
        return self.card.hash

    @cached_property
    def specimen(self) -> Specimen:
        """The specimen with everything that was measured. Models get `structure` instead."""
        return self._load()

    @cached_property
    def structure(self) -> Specimen:
        """How the brain is built: the specimen without any activity, its connectome in the task's neuron order."""
        connectome = self.specimen.connectome
        if connectome is None:
            raise BraincastError("E307", self.name, "its specimen has no connectome", "Choose another task")
        bare = replace(self.specimen, responses=None, recordings={})
        return replace(bare, connectome=connectome.subgraph(self.card.neurons))

    def cases(self, split: Split = "test", *, fold: int | None = None) -> Cases:
        """The cases of a split; with folds, `test` is what each fold holds out (all folds unless one is named).

        A split or fold that the task does not have is E305.
        """
        if fold is not None:
            self._check_fold(fold)
        every = Cases.of(self.card.cases, self.card.neurons, self.card.leads)
        if split == "test":
            return every if fold is None else every.where(every.fold == fold)
        if split == "train" and fold is not None:
            return every.where(every.fold != fold)
        fix = 'Ask for "test", or for "train" with a fold' if split == "train" else 'Splits are "train" and "test"'
        raise BraincastError("E305", f"task {self.name}", f"split {split!r} is not defined so", fix)

    def training(self, fold: int) -> Training:
        """What a model that answers the cases of `fold` may learn from: responses to all other folds' stimuli."""
        cases = self.cases("train", fold=fold)
        responses = self.specimen.responses
        if responses is None:
            raise BraincastError("E307", self.name, "its specimen has no responses", "Choose another task")
        rows = [responses.neurons.index(stimulated) for (stimulated,) in cases.stimulated]
        pairs = np.ix_(rows, [responses.neurons.index(neuron) for neuron in self.card.neurons])
        measured = responses.measured[pairs]
        responds = np.where(measured, responses.q[pairs] < SIGNIFICANT_Q, np.nan)
        mean_response = np.where(measured, mean_response_of(responses, self.card.artefact_limit)[pairs], np.nan)
        return Training(cases, responds, mean_response, self.card.cell_classes)

    def _check_fold(self, fold: int) -> None:
        if not 0 <= fold < self.card.n_folds:
            fix = f"Folds are 0 to {self.card.n_folds - 1}"
            raise BraincastError("E305", f"task {self.name}", f"there is no fold {fold}", fix)
