"""The networks of `rate-network` and `rate-residual`: rates that move along the wiring."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.messages import Coupling
from braincast.models.connectome.networks.neurons import NONLINEARITIES, Neurons
from braincast.models.connectome.networks.residuals import Residual
from braincast.models.connectome.networks.strengths import Strengths
from braincast.tasks.forecasting.examples import Seen


class Rates(NamedTuple):
    """What moves: each neuron's rate, what its slow transmitters have left behind, and what is seen of the rate."""

    rate: Float[Array, " neuron"]
    slow: Float[Array, " neuron"]
    seen: Float[Array, " neuron"]


class Diffusion(eqx.Module):
    """What flows into each neuron along electrical edges: Σⱼ gᵢⱼ (xⱼ - xᵢ); in all, nothing is gained or lost."""

    coupling: Coupling
    total: Float[Array, " neuron"]

    @classmethod
    def of(cls, coupling: Coupling, n_neurons: int, dtype: Any) -> Diffusion:
        return cls(coupling, coupling(jnp.ones(n_neurons, dtype)))

    def __call__(self, values: Float[Array, " neuron"]) -> Float[Array, " neuron"]:
        return self.coupling(values) - self.total * values


class Couplings(NamedTuple):
    """The wiring of a window with its strengths, by how an edge acts; None without such edges."""

    fast: Coupling | None
    electrical: Diffusion | None
    slow: Coupling | None


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
        n_neurons = len(self.neurons.groups)
        flow = None if electrical is None else Diffusion.of(electrical, n_neurons, self.log_slow.dtype)
        return Couplings(fast, flow, slow)

    def input(self, couplings: Couplings, now: Rates) -> Float[Array, " neuron"]:
        """What arrives along edges of all kinds."""
        arrived = jnp.zeros_like(now.rate)
        if couplings.fast is not None:
            arrived = arrived + couplings.fast(self.output(now.rate))
        if couplings.slow is not None:
            arrived = arrived + couplings.slow(now.slow)
        arrived = self.neurons.sensitivity() * arrived
        return arrived if couplings.electrical is None else arrived + couplings.electrical(now.rate)

    def output(self, rate: Float[Array, " neuron"]) -> Float[Array, " neuron"]:
        return NONLINEARITIES[self.nonlinearity](rate)

    def frame(self, couplings: Couplings, now: Rates, drive: Float[Array, " neuron"]) -> Rates:
        """One frame later, in equal steps of the exponential Euler method (inputs are held during a step)."""
        step = 1 / self.n_steps
        share = -jnp.expm1(-step / self.neurons.time_constant())
        share_slow = -jnp.expm1(-step * jnp.exp(-self.log_slow))
        rest = self.neurons.resting() + drive
        for _ in range(self.n_steps):
            target = rest + self.input(couplings, now)
            seen = now.rate if self.log_lag is None else now.seen
            if self.log_lag is not None:
                seen = seen - jnp.expm1(-step * jnp.exp(-self.log_lag)) * (now.rate - seen)
            rate = now.rate + share * (target - now.rate)
            slow = now.slow + share_slow * (self.output(now.rate) - now.slow)
            now = Rates(rate, slow, rate if self.log_lag is None else seen)
        return now

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

        def following(now: Rates, driven: Float[Array, " neuron"]):
            later = equations.frame(couplings, now, driven)
            return later, later.seen

        path = jax.lax.scan(following, equations.begin(context, read), drive)[1]
        return path.astype(seen.context.dtype)


def begun(equations: RateEquations, sizes: Sizes, n_read: int, residual: Residual | None) -> RateNetwork:
    """Before the first step: rates are the last frame, and a stimulus does nothing."""
    read = jnp.zeros(min(n_read, sizes.context), jnp.float32).at[-1].set(1.0)
    told = Layer.silent(sizes.n_features, sizes.n_neurons) if sizes.n_features else None
    return RateNetwork(equations, read, told, residual, sizes.horizon)
