"""The networks of `rate-network` and `rate-residual`: rates that move along the wiring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.networks.network import Network, Whole
from braincast.models.blackbox.sizes import Sizes
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
    """The wiring of a window with its strengths, by how an edge acts; None without such edges."""

    fast: Any
    electrical: Any
    slow: Any


class Held(NamedTuple):
    """What is the same at all steps: of neurons, and how far each variable goes in one step towards where it tends."""

    rest: Float[Array, " neuron"]
    sensitivity: Float[Array, " neuron"]
    total: Float[Array, " neuron"] | None
    share: Float[Array, " neuron"]
    share_slow: Float[Array, ""]
    share_seen: Float[Array, ""] | None


class RateEquations(Whole):
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
        return Couplings(*(None if group is None else group.coupling(recording) for group in groups))

    def path(self, couplings: Couplings, begin: Rates, drive: Float[Array, "frame neuron"]) -> Rates:
        """What follows, frame by frame; `drive` is held during a frame."""
        is_there = [one is not None for one in couplings]

        def step(held: Held, arrivals: Sequence[Arrive], now: Rates, driven: Array) -> tuple[Rates, Rates]:
            following = iter(arrivals)
            ways = Couplings(*(next(following) if there else None for there in is_there))
            later = self._step(held, ways, now, driven)
            return later, later

        every = jnp.repeat(drive, self.n_steps, axis=0)
        there = [one for one in couplings if one is not None]
        found = path(step, self._held(couplings), there, begin, every)
        return jax.tree.map(lambda values: values[self.n_steps - 1 :: self.n_steps], found)

    def output(self, rate: Float[Array, "*frame neuron"]) -> Float[Array, "*frame neuron"]:
        """What neurons of these rates send."""
        return NONLINEARITIES[self.nonlinearity](rate)

    def _held(self, couplings: Couplings) -> Held:
        length, neurons = 1 / self.n_steps, self.neurons
        ones = jnp.ones(neurons.n_neurons, self.log_slow.dtype)
        return Held(
            neurons.resting(),
            neurons.sensitivity(),
            None if couplings.electrical is None else couplings.electrical(ones),
            -jnp.expm1(-length / neurons.time_constant()),
            -jnp.expm1(-length * jnp.exp(-self.log_slow)),
            None if self.log_lag is None else -jnp.expm1(-length * jnp.exp(-self.log_lag)),
        )

    def _step(self, held: Held, ways: Couplings, now: Rates, drive: Float[Array, " neuron"]) -> Rates:
        """One step later by the exponential Euler method: inputs are held during a step."""
        sends = self.output(now.rate)
        target = held.rest + drive + self._input(held, ways, now, sends)
        rate = now.rate + held.share * (target - now.rate)
        slow = now.slow + held.share_slow * (sends - now.slow)
        return Rates(
            rate, slow, rate if held.share_seen is None else now.seen + held.share_seen * (now.rate - now.seen)
        )

    def _input(self, held: Held, ways: Couplings, now: Rates, sends: Array) -> Float[Array, " neuron"]:
        """What arrives along edges of all kinds. Electrical edges bring Σⱼ gᵢⱼ xⱼ - xᵢ Σⱼ gᵢⱼ: in all, nothing."""
        arrived = jnp.zeros_like(sends)
        if ways.fast is not None:
            arrived = arrived + ways.fast(sends)
        if ways.slow is not None:
            arrived = arrived + ways.slow(now.slow)
        arrived = held.sensitivity * arrived
        if ways.electrical is None or held.total is None:
            return arrived
        return arrived + ways.electrical(now.rate) - held.total * now.rate

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


def begun(equations: RateEquations, sizes: Sizes, n_read: int, residual: Residual | None) -> RateNetwork:
    """Before the first step: rates are the last frame, and a stimulus does nothing."""
    read = jnp.zeros(min(n_read, sizes.context), jnp.float32).at[-1].set(1.0)
    told = Layer.silent(sizes.n_features, sizes.n_neurons) if sizes.n_features else None
    return RateNetwork(equations, read, told, residual, sizes.horizon)
