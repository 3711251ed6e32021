"""What a model may learn from in an encoding task: moving scenes and their flow. No cell was ever recorded there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from braincast.tasks.encoding.card import Stimulus
from braincast.tasks.encoding.rendering import distribution, training_seed, validation_seed
from braincast.tasks.encoding.stimuli import Stimuli, Viewing

if TYPE_CHECKING:
    from braincast.dynamics.scenes.textured import Scenes


@dataclass(frozen=True, eq=False)
class HeldScenes:
    """Validation scenes with the flow at the central column: for choosing among settings, never for scoring."""

    stimuli: Stimuli

    @cached_property
    def truth(self) -> Float32[np.ndarray, "case lead neuron"]:
        """The flow where `neurons` name it; NaN for the cells, of which nothing is known."""
        out = np.full(self.stimuli.shape, np.nan, dtype=np.float32)
        for row, shown in enumerate(self.stimuli):
            out[row, : shown.n_leads, -2:] = shown.flow()
        return out

    def batches(self) -> Iterator[tuple[Stimuli, Float32[np.ndarray, "case lead neuron"]]]:
        """The scenes with the flow in them."""
        yield self.stimuli, self.truth


@dataclass(frozen=True, eq=False)
class SceneTraining:
    """As many scenes as a model wants, from one declared distribution; the flow is known at every column."""

    viewing: Viewing

    @property
    def extent(self) -> int:
        """How many columns the eye reaches."""
        return self.viewing.extent

    @property
    def duration_s(self) -> float:
        """How long each scene is."""
        return self.viewing.scenes.duration_s

    @property
    def cell_types(self) -> tuple[str, ...]:
        return self.viewing.cell_types

    def movies(self, n: int, *, seed: int, dt_s: float = 0.02, duration_s: float | None = None) -> Scenes:
        """`n` scenes: light [movie, frame, column] and flow [movie, frame, column, 2] in columns per second.

        Another seed gives other scenes. They are made from other seeds than those of validation and test, and none has
        a speed that the test calls faster.
        """
        from braincast.dynamics.scenes.textured import textured_scenes

        drawn = {"distribution": distribution(self.viewing.scenes), "duration_s": duration_s or self.duration_s}
        return textured_scenes(self.extent, n, seed=training_seed(seed), dt_s=dt_s, **drawn)

    @cached_property
    def validation(self) -> HeldScenes:
        """The same scenes for every model."""
        n_leads = round(self.duration_s / self.viewing.lead_step_s)
        seeds = map(validation_seed, range(self.viewing.scenes.n_validation))
        scenes = [Stimulus(id=f"validation-{seed}", kind="scene", n_leads=n_leads, seed=seed) for seed in seeds]
        return HeldScenes(Stimuli(self.viewing, tuple(scenes)))
