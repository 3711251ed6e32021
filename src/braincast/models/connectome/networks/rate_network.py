"""The networks of `rate-network` and `rate-residual`: rates that move along the wiring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.coupling import Coupling
from braincast.models.connectome.networks.neurons import NONLINEARITIES, Neurons
from braincast.models.connectome.networks.paths import Arrive, path
from braincast.models.connectome.networks.residuals import Residual
from braincast.models.connectome.networks.strengths import Strengths
from braincast.tasks.forecasting.examples import Seen


class Rates(NamedTuple):
    """What moves: each neuron's rate, what its slow transmitters have left behind, and what is seen of the rate."""

    rate: Float[Array, " neuron"]
    slow: Float[Array, " neuron"]
    seen: Float[Array, " neuron"]


class Couplings(NamedTuple):
    """The wiring of a window with its strengths, by how an edge acts; None without such edges.

    `total` is the sum of the conductances of each neuron's electrical edges.
    """

    fast: Coupling | None
    electrical: Coupling | None
    slow: Coupling | None
    total: Float[Array, " neuron"] | None

    @property
    def there(self) -> list[Coupling]:
        return [one for one in self[:3] if one is not None]


class RateEquations(eqx.Module):
    """τᵢ dxᵢ/dt = -xᵢ + bᵢ + aᵢ (Σⱼ wᵢⱼ f(xⱼ) + Σⱼ vᵢⱼ sⱼ) + Σⱼ gᵢⱼ (xⱼ - xᵢ) + uᵢ, and σ dsᵢ/dt = -sᵢ + f(xᵢ).

    Time is counted in frames. w are chemical edges and tracts, v monoamines and peptides, g = gᵀ electrical edges.
    Where `log_lag` is there, what is seen of x is y, with λ dy/dt = -y + x.
    """

    neurons: Neurons
    fast: Strengths | None
    electrical: Strengths | None
    slow: Strengths | None
    log_slow: Float[Array, ""]
    log_lag: Float[Array, ""] | None
    nonlinearity: str = eqx.field(static=True)
    n_steps: int = eqx.field(static=True)

    def couplings(self, recording: Array) -> Couplings:
        """The wiring of a window's recording."""
        groups = (self.fast, self.electrical, self.slow)
        fast, electrical, slow = (None if group is None else group.coupling(recording) for group in groups)
        ones = jnp.ones(len(self.neurons.groups), self.log_slow.dtype)
        return Couplings(fast, electrical, slow, None if electrical is None else electrical(ones))

    def path(self, couplings: Couplings, begin: Rates, drive: Float[Array, "frame neuron"]) -> Rates:
        """What follows, frame by frame; `drive` is held during a frame."""
        is_there = [one is not None for one in couplings[:3]]

        def step(told: Any, arrivals: Sequence[Arrive], now: Rates, driven: Array) -> tuple[Rates, Rates]:
            equations, total = told
            following = iter(arrivals)
            ways = Couplings(*(next(following) if there else None for there in is_there), total)
            later = equations.step(ways, now, driven)
            return later, later

        every = jnp.repeat(drive, self.n_steps, axis=0)
        moves = replace(self, fast=None, electrical=None, slow=None)  # strengths are in the couplings
        found = path(step, (moves, couplings.total), couplings.there, begin, every)
        return jax.tree.map(lambda values: values[self.n_steps - 1 :: self.n_steps], found)

    def input(self, ways: Couplings, now: Rates) -> Float[Array, " neuron"]:
        """What arrives along edges of all kinds. Electrical edges bring Σⱼ gᵢⱼ xⱼ - xᵢ Σⱼ gᵢⱼ: in all, nothing."""
        arrived = jnp.zeros_like(now.rate)
        if ways.fast is not None:
            arrived = arrived + ways.fast(self.output(now.rate))
        if ways.slow is not None:
            arrived = arrived + ways.slow(now.slow)
        arrived = self.neurons.sensitivity() * arrived
        return arrived if ways.electrical is None else arrived + ways.electrical(now.rate) - ways.total * now.rate

    def output(self, rate: Float[Array, "*frame neuron"]) -> Float[Array, "*frame neuron"]:
        """What neurons of these rates send."""
        return NONLINEARITIES[self.nonlinearity](rate)

    def step(self, ways: Couplings, now: Rates, drive: Float[Array, " neuron"]) -> Rates:
        """One step later by the exponential Euler method: inputs are held during a step."""
        length = 1 / self.n_steps
        target = self.neurons.resting() + drive + self.input(ways, now)
        rate = _towards(now.rate, target, length / self.neurons.time_constant())
        slow = _towards(now.slow, self.output(now.rate), length * jnp.exp(-self.log_slow))
        if self.log_lag is None:
            return Rates(rate, slow, rate)
        return Rates(rate, slow, _towards(now.seen, now.rate, length * jnp.exp(-self.log_lag)))

    def begin(self, context: Float[Array, "context neuron"], read: Float[Array, " past"]) -> Rates:
        """The state at the end of a context: rates read from its last frames, slow traces from all of it."""
        rate = jnp.einsum("p,pn->n", read, context[-len(read) :])
        age = jnp.arange(len(context) - 1, -1, -1)
        weight = jax.nn.softmax(-age * jnp.exp(-self.log_slow))
        return Rates(rate, weight @ self.output(context), context[-1])


class RateNetwork(Network):
    """Rates begin where the last frames of the context say, then move by their equations.

    `read` weighs the last frames, newest last; `told` says what a stimulus drives; `residual` is added to what is seen.
    """

    equations: RateEquations
    read: Float[Array, " past"]
    told: Layer | None
    residual: Residual | None
    horizon: int = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        found = self.core(seen)
        return found if self.residual is None else found + self.residual(seen.context)

    def core(self, seen: Seen) -> Float[Array, "lead neuron"]:
        """What the equations say alone; in float32 at least, as steps add up."""
        wide = jnp.promote_types(seen.context.dtype, jnp.float32)
        exact = jax.tree.map(lambda leaf: leaf.astype(wide), (self.equations, self.read, self.told))
        equations, read, told = exact
        context = seen.context.astype(wide)
        couplings = equations.couplings(seen.recording)
        drive = jnp.zeros((self.horizon, context.shape[1]), wide)
        if told is not None and seen.stimulus is not None:
            drive = told(seen.stimulus[-self.horizon :].astype(wide))

        found = equations.path(couplings, equations.begin(context, read), drive)
        return found.seen.astype(seen.context.dtype)


def _towards(value: Array, target: Array, time: Array) -> Array:
    """Where a value is that decays towards a target, after a time in units of its time constant."""
    return value - jnp.expm1(-time) * (target - value)


def begun(equations: RateEquations, sizes: Sizes, n_read: int, residual: Residual | None) -> RateNetwork:
    """Before the first step: rates are the last frame, and a stimulus does nothing."""
    read = jnp.zeros(min(n_read, sizes.context), jnp.float32).at[-1].set(1.0)
    told = Layer.silent(sizes.n_features, sizes.n_neurons) if sizes.n_features else None
    return RateNetwork(equations, read, told, residual, sizes.horizon)
