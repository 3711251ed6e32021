"""An encoding task: its declaration, and access to what models may see."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.errors import BraincastError
from braincast.tasks.declared_task import DeclaredTask
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.optic_lobe import OpticLobe
from braincast.tasks.encoding.scene_training import SceneTraining
from braincast.tasks.encoding.stimuli import Stimuli, Viewing
from braincast.tasks.tracks import checked_track


class EncodingTask(DeclaredTask):
    """Hands out stimuli, scenes to learn from and wiring; never a fact about what cells answer.

    The circuit is loaded on first use, so that a task can be shown without its data.
    """

    asks = "stimuli"
    card: EncodingCard

    def __init__(self, card: EncodingCard, load: Callable[[], ColumnarCircuit]) -> None:
        self.card, self._load = card, load

    def __getstate__(self) -> dict[str, Any]:
        # Worker processes get a task by pickle: the declaration as text, the circuit as it is.
        return {"card": self.card.model_dump_json(), "circuit": self.circuit}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(EncodingCard.model_validate_json(state["card"]), lambda: state["circuit"])

    def on_track(self, track: str) -> EncodingTask:
        """The task itself: it has no other track than "open" (E612)."""
        checked_track(self.card, track)
        return self

    def fetch(self) -> None:
        """Load the data now; otherwise it is loaded on first use."""
        _ = self.circuit

    @cached_property
    def circuit(self) -> ColumnarCircuit:
        """The circuit of one column; E205 where it lacks a cell type of the task."""
        found = self._load()
        missing = sorted(set(self.card.cell_types) - set(found.cell_types))
        if missing:
            what = f"its circuit has no cell type {missing[0]}"
            raise BraincastError("E205", f"task {self.name}", what, f"Take the circuit of {self.card.dataset}")
        return found

    @cached_property
    def structure(self) -> OpticLobe:
        """How the optic lobe is built."""
        return OpticLobe(self.circuit, self.card.extent)

    def cases(self, split: str = "test", *, fold: int | None = None) -> Stimuli:
        """The stimuli that are asked about; validation scenes come with `training`."""
        if split != "test":
            fix = 'Ask for "test"; training(0) has the scenes to learn from'
            raise BraincastError("E305", f"task {self.name}", f"split {split!r} is not defined so", fix)
        self._check_fold(fold or 0)
        return Stimuli(Viewing.of(self.card), self.card.cases)

    def training(self, fold: int = 0) -> SceneTraining:
        """What a model may learn from."""
        self._check_fold(fold)
        return SceneTraining(Viewing.of(self.card))

    def _check_fold(self, fold: int) -> None:
        if fold != 0:
            raise BraincastError("E305", f"task {self.name}", f"there is no fold {fold}", "The only fold is 0")
