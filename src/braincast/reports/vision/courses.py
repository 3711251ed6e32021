"""Courses of responses as a page shows them: over all columns, carried there from the central one.

A model answers for the cells of the central column. In an eye without rim the cells of another column answer the same,
as much later as the stimulus needs to get there: that is what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.scoring.encoding.exhibits import EncodingExhibits
from braincast.tasks.encoding.card import Stimulus

# Smaller than this share of its own size a change is rounding, not an answer.
_FLAT = 1e-6


@dataclass(frozen=True, eq=False)
class Courses:
    """One model's responses to the shown stimuli, as changes from the response to grey.

    `change[stimulus]` is [lead, cell type] in shares of `scale[cell type]`, the largest change of that type in any
    direction; the scale is 0 for a type that does not change at all.
    """

    model: str
    change: tuple[Float[np.ndarray, "_ type"], ...]
    scale: Float[np.ndarray, " type"]


@dataclass(frozen=True, eq=False)
class Screen:
    """What is shown: the columns of the eye, stimuli with the light at the central column, and courses by model."""

    exhibits: EncodingExhibits

    @property
    def stimuli(self) -> Sequence[Stimulus]:
        return self.exhibits.declared

    @property
    def cell_types(self) -> tuple[str, ...]:
        return self.exhibits.stimuli.cell_types

    @property
    def lead_step_s(self) -> float:
        return self.exhibits.stimuli.viewing.lead_step_s

    @cached_property
    def places(self) -> Float[np.ndarray, "column 2"]:
        """Where columns lie, in spacings."""
        return positions(columns(self.exhibits.stimuli.extent))

    @cached_property
    def light(self) -> list[Float[np.ndarray, " _"]]:
        """The light at the central column at each lead of each stimulus."""
        movies = [(shown.movie(self.lead_step_s).light, shown.n_leads) for shown in self.exhibits.stimuli]
        return [np.asarray(light[:n, light.shape[1] // 2], dtype=np.float64) for light, n in movies]

    @cached_property
    def courses(self) -> dict[str, Courses]:
        """Each model's."""
        return {model: self._courses(model, values) for model, values in self.exhibits.responses.items()}

    def _courses(self, model: str, values: np.ndarray) -> Courses:
        n_types = len(self.cell_types)
        own = [
            np.asarray(answer[: case.n_leads, :n_types], dtype=np.float64)
            for case, answer in zip(self.stimuli, values, strict=True)
        ]
        change = [course - course[0] for course in own]
        scale = np.max([np.abs(course).max(axis=0) for course in change], axis=0)
        size = np.max([np.abs(course).max(axis=0) for course in own], axis=0)
        scale = np.where(scale > _FLAT * np.maximum(size, 1e-30), scale, 0.0)
        shares = tuple(np.divide(c, scale, out=np.zeros_like(c), where=scale > 0) for c in change)
        return Courses(model, shares, scale)


def delays(stimulus: Stimulus, places: Float[np.ndarray, "column 2"]) -> Float[np.ndarray, " column"]:
    """By how many seconds later than the central column each one sees a stimulus; before it is negative."""
    if stimulus.kind != "edge" or stimulus.angle_deg is None or not stimulus.speed:
        return np.zeros(len(places))
    angle = np.radians(stimulus.angle_deg)
    return places @ np.array([np.cos(angle), np.sin(angle)]) / stimulus.speed


def carried(
    course: Float[np.ndarray, " lead"], delay_s: Float[np.ndarray, " column"], lead_step_s: float
) -> Float[np.ndarray, "lead column"]:
    """The central column's course in every column; before its first lead and after its last, these are held."""
    leads = np.arange(len(course))
    return np.interp(leads[:, None] - delay_s[None] / lead_step_s, leads, course)
