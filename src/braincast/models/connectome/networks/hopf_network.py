"""The network of `hopf` (Deco et al. 2017): oscillators on the wiring, heard through the blood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32, Int, PRNGKeyArray

from braincast.dynamics.haemodynamics import blood_response
from braincast.models.blackbox.networks.network import Network, Whole
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.oscillators import Heard, Swing, delayed, moved
from braincast.models.connectome.networks.tracts import Tracts
from braincast.tasks.forecasting.examples import Seen

# Regions stand just below the point at which they swing by themselves, at 0.04 to 0.07 Hz (Deco et al. 2017).
_GROWTH, _FREQUENCY, _COUPLING = -0.02, 2 * math.pi * 0.055, 0.05
# Small states, so that the cubic term is no faster than the others: what stands for a deviation of 1.
_SIZE = 0.2
_SLOWEST = 0.25  # how far the velocity may fall while it is learned
_KEPT = 0.9  # from frame to frame
_PEAK_S = 5.0  # from activity to the peak of the blood's response


@dataclass(frozen=True)
class Steps:
    """How frames are cut into steps, how many earlier steps are heard, and whether blood stands between."""

    context: int
    horizon: int
    per_frame: int
    step_s: float
    n_lags: int
    observation: str

    def between(self) -> Float32[np.ndarray, "step context"]:
        """States at steps of the context, on straight lines between its frames."""
        at = np.arange((self.context - 1) * self.per_frame + 1) / self.per_frame
        return np.maximum(0.0, 1 - np.abs(at[:, None] - np.arange(self.context))).astype(np.float32)

    def seen(self) -> Float32[np.ndarray, "frame step"]:
        """What is measured at frames of context and leads, as a weighted sum of states at steps until then."""
        last = self.per_frame * np.arange(self.context + self.horizon)
        lag = last[:, None] - np.arange(last[-1] + 1)
        response = blood_response(self.step_s) if self.observation == "blood" else np.ones(1)
        return np.where((lag >= 0) & (lag < len(response)), response[np.clip(lag, 0, len(response) - 1)], 0.0).astype(
            np.float32
        )


class Fibres(Whole):
    """How strongly regions hear each other, and how late: logs of what is learned over what was set."""

    coupling: Float[Array, ""]
    velocity: Float[Array, ""]
    tracts: Tracts = eqx.field(static=True)
    power: float = eqx.field(static=True)
    first_velocity: float = eqx.field(static=True)

    @classmethod
    def begun(cls, tracts: Tracts, power: float, velocity: float) -> Fibres:
        """As it was set, in metres a second."""
        return cls(jnp.zeros((), jnp.float32), jnp.zeros((), jnp.float32), tracts, power, velocity)

    def __call__(self, recording: Int[Array, ""], steps: Steps) -> Heard:
        """What comes in from whom, when, on the wiring that a recording has."""
        tracts, dtype = self.tracts, self.coupling.dtype
        velocity = self.first_velocity * jnp.exp(jnp.maximum(self.velocity, math.log(_SLOWEST)))
        delay_s = jnp.asarray(tracts.length_mm, dtype) / (1e3 * velocity) + jnp.asarray(tracts.delay_s, dtype)
        weight = _COUPLING * jnp.exp(self.coupling) * jnp.asarray(tracts.shared_out(self.power), dtype)
        # Of all wirings before one is chosen, so that all windows share them.
        late = jax.vmap(lambda weight, delay: delayed(weight, delay, steps.n_lags))(weight, delay_s / steps.step_s)
        wiring = jnp.asarray(tracts.which)[recording] if len(tracts.weight) > 1 else 0
        return Heard(late[wiring], weight.sum(axis=2)[wiring])


class HopfNetwork(Network):
    """A linear map, the same for all regions, finds the states in the context; they move on and are measured again.

    What its state does not explain of a region's context goes on by a linear map of its own past.
    """

    encoder: Float[Array, "part context context"]
    growth: Float[Array, " kind"]
    frequency: Float[Array, " kind"]
    fibres: Fibres
    gain: Float[Array, " neuron"]
    past: OwnPast | None
    steps: Steps = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        wide = jnp.promote_types(seen.context.dtype, jnp.float32)  # steps add up
        exact = jax.tree.map(lambda leaf: leaf.astype(wide), self)
        context = seen.context.astype(wide)
        explained, ahead = jnp.split(exact.measured(exact.path(context, seen.recording)), [len(context)])
        found = ahead if exact.past is None else ahead + exact.past(context - explained)
        return found.astype(seen.context.dtype)

    def path(self, context: Float[Array, "context neuron"], recording: Int[Array, ""]) -> Float[Array, "step neuron 2"]:
        """States at the steps of the context, and at those of the leads."""
        found = _SIZE * jnp.einsum("pfc,cn->fnp", self.encoder, context)
        before = jnp.einsum("sf,fnp->snp", jnp.asarray(self.steps.between(), context.dtype), found)
        recent = before[::-1][jnp.minimum(np.arange(self.steps.n_lags), len(before) - 1)]
        size = context.shape[1]
        swing = Swing(jnp.broadcast_to(self.growth, size), jnp.broadcast_to(self.frequency, size))
        n_steps = self.steps.horizon * self.steps.per_frame
        after = moved(recent, swing, self.fibres(recording, self.steps), self.steps.step_s, n_steps)
        return jnp.concatenate([before, after])

    def measured(self, states: Float[Array, "step neuron 2"]) -> Float[Array, "frame neuron"]:
        """What states amount to in the unit of the task, at frames of context and leads."""
        return self.gain / _SIZE * (jnp.asarray(self.steps.seen(), states.dtype) @ states[..., 0])


def begun(
    sizes: Sizes,
    tracts: Tracts,
    observation: str,
    regions: str,
    power: float,
    velocity: float,
    per_frame: int,
    past: str,
    *,
    key: PRNGKeyArray,
) -> HopfNetwork:
    """Before the first step: nothing is read from the states. A frame of unknown length counts as a second."""
    frame_s = sizes.frame_s or 1.0
    step_s = frame_s / per_frame
    n_lags = 1 + math.ceil(tracts.longest_s(_SLOWEST * velocity) / step_s)
    steps = Steps(sizes.context, sizes.horizon, per_frame, step_s, n_lags, observation)
    kinds = sizes.n_neurons if regions == "own" else 1
    return HopfNetwork(
        _first_encoder(sizes.context, frame_s, _PEAK_S if observation == "blood" else 0.0),
        jnp.full(kinds, _GROWTH, jnp.float32),
        jnp.full(kinds, _FREQUENCY, jnp.float32),
        Fibres.begun(tracts, power, velocity),
        jnp.zeros(sizes.n_neurons, jnp.float32),
        _fading(OwnPast.begun(sizes, past)),
        steps,
    )


def _fading(past: OwnPast | None) -> OwnPast | None:
    """At first what is not explained stays, a little less of it from lead to lead."""
    if past is None:
        return None
    kept = _KEPT ** jnp.arange(1, past.weight.shape[-2] + 1, dtype=past.weight.dtype)
    return OwnPast(past.weight.at[..., -1].set(kept))


def _first_encoder(n_frames: int, frame_s: float, late_s: float) -> Float[Array, "part context context"]:
    """The real part of a state is what is measured when the blood has come, the imaginary part how fast that falls."""
    at = np.minimum(np.arange(n_frames) + round(late_s / frame_s), n_frames - 1)
    real = np.eye(n_frames)[at]
    slope = np.eye(n_frames)[np.maximum(at, min(1, n_frames - 1))] - np.eye(n_frames)[np.maximum(at - 1, 0)]
    return jnp.asarray(np.stack([real, -slope / (_FREQUENCY * frame_s)]), jnp.float32)
