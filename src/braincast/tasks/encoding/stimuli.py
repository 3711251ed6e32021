"""The stimuli that a model is asked about: movies at any rate, and when answers are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.dynamics.scenes.movie import Movie
from braincast.tasks.encoding.card import FLOW, EncodingCard, SceneUse, Stimulus
from braincast.tasks.encoding.rendering import rendered


@dataclass(frozen=True)
class Viewing:
    """What of a declaration models are told: how large the eye is, when they are asked, and which scenes there are.

    `n_leads` is how many leads the longest stimulus has. No fact about a cell type is here.
    """

    extent: int
    cell_types: tuple[str, ...]
    lead_step_s: float
    n_leads: int
    scenes: SceneUse

    @classmethod
    def of(cls, card: EncodingCard) -> Viewing:
        return cls(card.extent, card.cell_types, card.lead_step_s, card.n_leads, card.scenes)

    @property
    def neurons(self) -> tuple[str, ...]:
        """What is answered at each lead: the cell types, then the flow."""
        return (*self.cell_types, *FLOW)


@dataclass(frozen=True, eq=False)
class Shown:
    """One stimulus. Before it the eye sees grey for as long as a model wants; answers count up to lead `n_leads`."""

    declared: Stimulus
    viewing: Viewing

    @property
    def id(self) -> str:
        return self.declared.id

    @property
    def n_leads(self) -> int:
        return self.declared.n_leads

    def movie(self, dt_s: float) -> Movie:
        """What the eye sees, without the flow behind it; E912 for a rate at which leads fall between frames."""
        return replace(self._whole(dt_s), flow=None)

    def flow(self) -> Float[np.ndarray, "lead 2"]:
        """The true flow at the central column at each lead that counts (columns per second); for scoring alone."""
        found = self._whole(self.viewing.lead_step_s).flow
        if found is None:
            return np.full((self.n_leads, 2), np.nan)
        return np.asarray(found[: self.n_leads, found.shape[1] // 2], dtype=np.float64)

    def _whole(self, dt_s: float) -> Movie:
        viewing = self.viewing
        return rendered(self.declared, viewing.scenes, viewing.extent, viewing.lead_step_s, dt_s)


@dataclass(frozen=True, eq=False)
class Stimuli:
    """Questions of an encoding task, in order. Iterating gives each with its movie.

    An answer is [case, lead, neuron]: `neurons` are the cell types, of which the cell of the central column answers,
    then the flow there (columns per second, x and y). Lead k is asked about at `lead_s[k]` after the stimulus begins;
    where a stimulus has fewer leads than the longest one, its last answer is to be repeated.
    """

    viewing: Viewing
    stimuli: tuple[Stimulus, ...]

    def __len__(self) -> int:
        return len(self.stimuli)

    def __iter__(self) -> Iterator[Shown]:
        return (Shown(stimulus, self.viewing) for stimulus in self.stimuli)

    @property
    def extent(self) -> int:
        """How many columns the eye reaches."""
        return self.viewing.extent

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(stimulus.id for stimulus in self.stimuli)

    @property
    def leads(self) -> tuple[str, ...]:
        """Labels, from 1."""
        return tuple(str(lead) for lead in range(1, self.viewing.n_leads + 1))

    @cached_property
    def lead_s(self) -> Float[np.ndarray, " lead"]:
        """Seconds from the start of a stimulus."""
        return np.arange(1, self.viewing.n_leads + 1) * self.viewing.lead_step_s

    @property
    def n_leads(self) -> Int[np.ndarray, " case"]:
        """How many leads of each stimulus count."""
        return np.array([stimulus.n_leads for stimulus in self.stimuli], dtype=np.int64)

    @property
    def neurons(self) -> tuple[str, ...]:
        return self.viewing.neurons

    @property
    def cell_types(self) -> tuple[str, ...]:
        return self.viewing.cell_types

    @property
    def fold(self) -> Int[np.ndarray, " case"]:
        """One fit answers all."""
        return np.zeros(len(self), dtype=np.int64)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Case, lead, neuron."""
        return len(self), self.viewing.n_leads, len(self.neurons)

    def where(self, keep: Bool[np.ndarray, " case"]) -> Stimuli:
        """Some of the stimuli, in the same order."""
        return replace(self, stimuli=tuple(s for s, is_kept in zip(self.stimuli, keep, strict=True) if is_kept))

    def batches(self) -> Iterator[Stimuli]:
        """All at once: a model sees best which movies go together, and answers are small."""
        yield self
