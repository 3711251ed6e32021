"""A forecast task: its declaration, and access to what models may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from braincast.errors import BraincastError
from braincast.tasks.declared_task import DeclaredTask
from braincast.tasks.forecasting.anatomy import anatomy_of
from braincast.tasks.forecasting.card import ForecastCard, WindowCase
from braincast.tasks.forecasting.standardised import Standardised, standardised
from braincast.tasks.forecasting.training import ForecastTraining, Held
from braincast.tasks.forecasting.windows import Windows
from braincast.tasks.tracks import Track, checked_track

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from braincast.brain.brains import Brains
    from braincast.brain.specimen import Specimen


class ForecastTask(DeclaredTask):
    """Hands out contexts, training series and validation windows; never what follows a test window's context.

    The specimens are loaded on first use, so that a task can be shown without its data; `load_structure` is for a task
    whose wiring comes from elsewhere than its recordings. On the track "no-stimulus" the questions are the same and
    models are told nothing of the stimulus, neither to come nor past; E612 for a task that has no such track.
    """

    asks = "windows"
    card: ForecastCard

    def __init__(
        self,
        card: ForecastCard,
        load: Callable[[], Mapping[str, Specimen]],
        *,
        track: Track = "open",
        load_structure: Callable[[], Specimen] | None = None,
    ) -> None:
        self.card = card
        self.track = checked_track(card, track)
        self._load, self._load_structure = load, load_structure

    def __getstate__(self) -> dict[str, Any]:
        # Worker processes get a task by pickle: the declaration as text, the specimens as they are.
        # A structure from elsewhere goes with them once it was looked at.
        told = {"track": self.track, "wired": self.__dict__.get("_wired")}
        return {"card": self.card.model_dump_json(), "specimens": self.specimens, **told}

    def __setstate__(self, state: dict[str, Any]) -> None:
        specimens, wired = state["specimens"], state["wired"]
        self.card, self._load = ForecastCard.model_validate_json(state["card"]), lambda: specimens
        self.track, self._load_structure = state["track"], None
        if wired is not None:
            self._load_structure = lambda: wired

    @property
    def inputs(self) -> str:
        """What models are told beside activity: "stimulus" or "none"."""
        return "none" if self.track == "no-stimulus" else self.card.inputs

    def on_track(self, track: str) -> ForecastTask:
        """The same questions, with what models are told on that track; E612 where there is no such track."""
        return self.asking(self.card, track=checked_track(self.card, track))

    def asking(self, card: ForecastCard, *, track: Track | None = None) -> ForecastTask:
        """The same brains under another declaration, on the same track unless another one is named."""
        return ForecastTask(card, lambda: self.specimens, track=track or self.track, load_structure=self._wiring)

    def with_recordings(self, specimens: Mapping[str, Specimen]) -> ForecastTask:
        """The same task on other recordings, of specimens that are named alike; wiring from elsewhere stays."""
        return ForecastTask(self.card, lambda: specimens, track=self.track, load_structure=self._wiring)

    @property
    def _wiring(self) -> Callable[[], Specimen] | None:
        """How wiring from elsewhere is loaded: once, also for tasks made of this one."""
        return None if self._load_structure is None else lambda: cast("Specimen", self._wired)

    def fetch(self, *, structure: bool = False) -> None:
        """Load the data now, and with `structure` the wiring too; otherwise they are loaded on first use."""
        _ = self.specimens
        if structure:
            _ = self.structure.specimens

    @cached_property
    def specimens(self) -> Mapping[str, Specimen]:
        """The specimens whose recordings the task uses, with everything that was measured."""
        found = self._load()
        return {use.specimen: found[use.specimen] for use in self.card.recordings}

    @cached_property
    def recordings(self) -> tuple[Standardised, ...]:
        """The task's recordings, standardised on their training frames. For the truth; models get windows."""
        uses = self.card.recordings
        return standardised(self.card, [self.specimens[use.specimen].recordings[use.recording] for use in uses])

    @cached_property
    def structure(self) -> Brains:
        """How the brains behind the recordings are built, without any activity; their wiring is loaded on first use."""
        from braincast.brain.brains import Brains  # brings pandas and scipy, which a listing must not wait for

        return Brains(self.card.neurons, self._built, self.anatomy)

    @cached_property
    def _wired(self) -> Specimen | None:
        """The specimen whose wiring stands beside all recordings; None where each has its own."""
        return None if self._load_structure is None else self._load_structure()

    def _built(self) -> list[Specimen]:
        """One specimen for each recording."""
        return [self._wired or self.specimens[use.specimen] for use in self.card.recordings]

    @cached_property
    def anatomy(self) -> pd.DataFrame:
        """Region and place of each neuron, as far as the first recording or the wiring says (see `anatomy_of`)."""
        use = self.card.recordings[0]
        specimen = self.specimens[use.specimen]
        return anatomy_of(specimen, specimen.recordings[use.recording], self.card.neurons)

    def cases(self, split: Literal["test"] = "test", *, fold: int | None = None) -> Windows:
        """The test windows, all or those of one fold; validation windows come with `training`."""
        if split != "test":
            fix = 'Ask for "test"; training(fold) has the training series and validation windows'
            raise BraincastError("E305", f"task {self.name}", f"split {split!r} is not defined so", fix)
        every = self._windows(self.card.cases)
        if fold is None:
            return every
        self._check_fold(fold)
        return every.where(every.fold == fold)

    def training(self, fold: int) -> ForecastTraining:
        """What the fit of a fold may learn from."""
        self._check_fold(fold)
        learned, learned_horizon = self.card.folds[fold].learns_from, self.card.learned_horizon
        return ForecastTraining(
            pieces=tuple(piece for piece in self.card.of_split("train") if piece.recording in learned),
            validation=Held(self._windows(self._validation_cases(fold)).first(learned_horizon), self.recordings),
            neurons=self.card.neurons,
            leads=self.card.leads[:learned_horizon],
            context_frames=self.card.context,
            inputs=self.inputs,
            answers=self.card.folds[fold].answers,
            groups=None if self.card.imputation is None else np.array(self.card.imputation.groups),
            _recordings=self.recordings,
        )

    def _validation_cases(self, fold: int) -> list[WindowCase]:
        card = self.card
        learned = [p for p in card.of_split("validation") if p.recording in card.folds[fold].learns_from]
        return [case for piece in learned for case in card.cases_of(piece, fold, "in")]

    def _windows(self, cases: Sequence[WindowCase]) -> Windows:
        return Windows.of(cases, self.card, self.recordings, self.inputs)

    def _check_fold(self, fold: int) -> None:
        if not 0 <= fold < self.card.n_folds:
            fix = f"Folds are 0 to {self.card.n_folds - 1}"
            raise BraincastError("E305", f"task {self.name}", f"there is no fold {fold}", fix)
