"""What a network answers to stimuli: potentials of the central cells, and the flow that is read from its rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Float32

from braincast.dynamics.scenes.movie import Movie, checked
from braincast.models.vision.optic.eye import Eye
from braincast.tasks.encoding.stimuli import Shown, Stimuli

if TYPE_CHECKING:
    from braincast.dynamics.lattice.network import Parameters

DT_S = 0.005  # as published networks are evaluated (Lappalainen et al. 2024)
_AT_ONCE = 24


@dataclass(frozen=True, eq=False)
class FittedOpticNetwork:
    """Parameters of a network and the weights of the sum that tells flow; `error` is that of each training step.

    `sign` and `share` are empty where they were not learned (see `Parameters`).
    """

    resting: Float32[np.ndarray, " type"]
    time_constant_s: Float32[np.ndarray, " type"]
    strength: Float32[np.ndarray, " connection"]
    readout: Float[np.ndarray, "feature 2"]
    error: Float32[np.ndarray, " step"]
    sign: Float32[np.ndarray, " *connection"] = field(default_factory=lambda: np.zeros(0, np.float32))
    share: Float32[np.ndarray, " *term"] = field(default_factory=lambda: np.zeros(0, np.float32))

    @classmethod
    def of(cls, parameters: Parameters, readout: np.ndarray, error: np.ndarray) -> FittedOpticNetwork:
        filled = [np.zeros(0) if part is None else part for part in parameters]
        resting, time_constant_s, strength, sign, share = (np.asarray(part, dtype=np.float32) for part in filled)
        return cls(resting, time_constant_s, strength, readout, error.astype(np.float32), sign, share)

    @property
    def parameters(self) -> Parameters:
        import jax.numpy as jnp

        from braincast.dynamics.lattice.network import Parameters

        own = map(jnp.asarray, (self.resting, self.time_constant_s, self.strength))
        more = (jnp.asarray(part) if part.size else None for part in (self.sign, self.share))
        return Parameters(*own, *more)

    @property
    def n_parameters(self) -> int:
        """Also of a network that learned none of them."""
        each = (self.resting, self.time_constant_s, self.strength, self.readout, self.sign, self.share)
        return sum(part.size for part in each)

    def forecast(self, cases: Stimuli, prepared: Eye) -> Float[np.ndarray, "case lead neuron"]:
        from braincast.models.vision.optic.answering import answering  # brings JAX

        out = np.zeros(cases.shape)
        answer = answering(prepared, self.parameters, self.readout, DT_S)
        every = round(cases.viewing.lead_step_s / DT_S)
        for rows, movies in _together(cases):
            light = np.stack([np.asarray(shown.movie(DT_S).light) for shown in movies], axis=2)
            seen = answer(light)[every - 1 :: every]
            out[rows, : len(seen)] = seen.transpose(2, 0, 1)
            out[rows, len(seen) :] = out[rows, len(seen) - 1 : len(seen)]
        return out

    def respond(self, movie: Movie, prepared: Eye) -> Float[np.ndarray, "frame neuron"]:
        """What the central cells do while the eye sees a movie of one's own, then the flow it tells, at each frame.

        Before it the eye sees grey for a second. E911 for a movie that is none, or is of an eye of another size; E912
        for frames that are too far apart.
        """
        from braincast.models.vision.optic.answering import answering  # brings JAX

        light = np.asarray(checked(movie, prepared.extent).light)[:, :, None]
        return answering(prepared, self.parameters, self.readout, movie.dt_s)(light)[:, :, 0].astype(np.float64)


def _together(cases: Stimuli) -> list[tuple[list[int], list[Shown]]]:
    """Stimuli of the same length, a few at once."""
    order = sorted(enumerate(cases), key=lambda one: one[1].n_leads)
    found = []
    for _, group in groupby(order, key=lambda one: one[1].n_leads):
        members = list(group)
        for first in range(0, len(members), _AT_ONCE):
            part = members[first : first + _AT_ONCE]
            found.append(([row for row, _ in part], [shown for _, shown in part]))
    return found
