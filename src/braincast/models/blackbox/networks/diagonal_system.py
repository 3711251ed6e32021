"""Linear systems with a diagonal state: what is remembered of a signal, as a sum of damped oscillations."""

from __future__ import annotations

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float, PRNGKeyArray

_FASTEST_STEP = 0.5  # of a channel's clock in one frame; the slowest looks back over the context


class DiagonalSystem(eqx.Module):
    """A system x' = λx + u, y = 2 Re(c·x) + d u for each channel, its input held still during a frame (S4D).

    Gu, Goel, Gupta & Ré 2022, NeurIPS, arXiv:2206.11893. Of each pair of conjugate states one is kept. Real parts of λ
    are -exp(log_decay), so that nothing grows. Complex numbers are learned as two real ones.
    """

    log_decay: Float[Array, "channel state"]
    frequency: Float[Array, "channel state"]
    real: Float[Array, "channel state"]
    imaginary: Float[Array, "channel state"]
    log_step: Float[Array, " channel"]
    direct: Float[Array, " channel"]

    @classmethod
    def begun(cls, n_channels: int, n_states: int, context: int, *, key: PRNGKeyArray) -> DiagonalSystem:
        """S4D-Lin, λ = -1/2 + πn i, which approximates HiPPO-LegS; steps spread evenly in their logarithm."""
        steps, outputs, direct = jax.random.split(key, 3)
        shape = n_channels, n_states
        c = jax.random.normal(outputs, (2, *shape), jnp.float32) * math.sqrt(0.5)
        slowest = math.log(min(_FASTEST_STEP, 1 / context))
        return cls(
            jnp.full(shape, math.log(0.5), jnp.float32),
            jnp.tile(jnp.float32(jnp.pi) * jnp.arange(n_states, dtype=jnp.float32), (n_channels, 1)),
            c[0],
            c[1],
            jax.random.uniform(steps, (n_channels,), jnp.float32, slowest, math.log(_FASTEST_STEP)),
            jax.random.normal(direct, (n_channels,), jnp.float32),
        )

    def discretised(self) -> tuple[Complex[Array, "channel state"], Complex[Array, "channel state"]]:
        """The factor of a state from frame to frame, and what a frame of input 1 adds to it (zero-order hold)."""
        wide = jnp.promote_types(self.frequency.dtype, jnp.float32)
        rate = jax.lax.complex(-jnp.exp(self.log_decay.astype(wide)), self.frequency.astype(wide))
        factor = jnp.exp(rate * jnp.exp(self.log_step.astype(wide))[:, None])
        return factor, (factor - 1) / rate

    def kernel(self, length: int) -> Float[Array, "channel lag"]:
        """How an input of 1 in one frame is heard in it and in those that follow, without `direct`."""
        factor, gain = self.discretised()
        powers = factor[..., None] ** jnp.arange(length)
        return 2 * jnp.einsum("cs,csl->cl", self._output() * gain, powers).real

    def __call__(self, values: Float[Array, "frame channel"]) -> Float[Array, "frame channel"]:
        """The answer to a signal from a state at 0: a convolution with the kernel, by Fourier transforms."""
        kernel, length = self.kernel(len(values)), len(values)
        wide = values.T.astype(kernel.dtype)
        spectrum = jnp.fft.rfft(kernel, 2 * length) * jnp.fft.rfft(wide, 2 * length)
        heard = jnp.fft.irfft(spectrum, 2 * length)[:, :length].T
        return heard.astype(values.dtype) + self.direct * values

    def last(self, values: Float[Array, "frame channel"]) -> Float[Array, " channel"]:
        """The same answer in the last frame alone."""
        wide = values.astype(jnp.promote_types(values.dtype, jnp.float32))
        heard = jnp.einsum("cl,lc->c", self.kernel(len(values))[:, ::-1], wide)
        return heard.astype(values.dtype) + self.direct * values[-1]

    def _output(self) -> Complex[Array, "channel state"]:
        wide = jnp.promote_types(self.real.dtype, jnp.float32)
        return jax.lax.complex(self.real.astype(wide), self.imaginary.astype(wide))
