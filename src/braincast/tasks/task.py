"""A task: its declaration, and access to what models may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from braincast.errors import BraincastError
from braincast.tasks.card import Case, TaskCard
from braincast.tasks.cases import Cases
from braincast.tasks.declared_task import DeclaredTask
from braincast.tasks.observed import observed
from braincast.tasks.tracks import checked_track
from braincast.tasks.training import Training

if TYPE_CHECKING:
    from braincast.brain.specimen import Specimen

Split = Literal["train", "test"]


class Task(DeclaredTask):
    """A perturbation task. Hands out cases, training responses and structure; never the truth of a held-out case.

    The specimens are loaded on first use, so that a task can be shown without its data. `load_training` is for a task
    whose models learn from another specimen than the one that they are asked about.
    """

    card: TaskCard

    def __init__(
        self, card: TaskCard, load: Callable[[], Specimen], load_training: Callable[[], Specimen] | None = None
    ) -> None:
        self.card = card
        self._load, self._load_training = load, load_training
        self._trainings: dict[int, Training] = {}  # kept, and with them what models work out of them

    def __getstate__(self) -> dict[str, Any]:
        # Worker processes get a task by pickle: the declaration as text, the specimens as they are.
        training = None if self._load_training is None else self.training_specimen
        return {"card": self.card.model_dump_json(), "specimen": self.specimen, "training": training}

    def __setstate__(self, state: dict[str, Any]) -> None:
        specimen, training = state["specimen"], state["training"]
        load_training = None if training is None else lambda: training
        self.__init__(TaskCard.model_validate_json(state["card"]), lambda: specimen, load_training)

    def on_track(self, track: str) -> Task:
        """The task itself: it has no other track than "open" (E612)."""
        checked_track(self.card, track)
        return self

    def fetch(self) -> None:
        """Load the data now; otherwise it is loaded on first use."""
        _ = self.specimen

    @cached_property
    def specimen(self) -> Specimen:
        """The specimen with everything that was measured. Models get `structure` instead."""
        return self._load()

    @cached_property
    def training_specimen(self) -> Specimen:
        """The specimen whose responses models learn from; mostly the one that they are asked about."""
        return self.specimen if self._load_training is None else self._load_training()

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
        if split == "test":
            every = self._gathered(self.card.cases)
            return every if fold is None else every.where(every.fold == fold)
        if split == "train" and fold is not None:
            every = self._gathered(self.card.learns_from)
            return every.where(every.fold != fold)
        fix = 'Ask for "test", or for "train" with a fold' if split == "train" else 'Splits are "train" and "test"'
        raise BraincastError("E305", f"task {self.name}", f"split {split!r} is not defined so", fix)

    def training(self, fold: int) -> Training:
        """What a model that answers the cases of `fold` may learn from: responses to all other folds' stimuli."""
        self._check_fold(fold)
        if fold not in self._trainings:
            everything = self._everything
            self._trainings[fold] = everything.where(everything.cases.fold != fold)
        return self._trainings[fold]

    @cached_property
    def _everything(self) -> Training:
        """All folds' training cases together; what is said of a pair depends on that pair alone."""
        cases = self._gathered(self.card.learns_from)
        seen = observed(self.training_specimen, self.card, cases)
        return Training(cases, seen.responds, seen.mean_response, self.card.cell_classes, seen.course)

    def _gathered(self, cases: Sequence[Case]) -> Cases:
        return Cases.of(cases, self.card.neurons, self.card.leads, self.card.lead_s)

    def _check_fold(self, fold: int) -> None:
        if not 0 <= fold < self.card.n_folds:
            fix = f"Folds are 0 to {self.card.n_folds - 1}"
            raise BraincastError("E305", f"task {self.name}", f"there is no fold {fold}", fix)
