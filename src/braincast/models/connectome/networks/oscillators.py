"""Stuart–Landau oscillators that hear each other late, near the point at which they begin to swing by themselves.

dz_i/dt = (a_i + iω_i) z_i - |z_i|² z_i + G Σ_j C_ij (z_j(t - d_ij) - z_i): the equations of Deco, Kringelbach, Jirsa &
Ritter 2017, Sci. Rep. 7:3095, with the delays of Cabral, Hugues, Sporns & Deco 2011, NeuroImage 57:130.
States are (real, imaginary) in the last axis, times in seconds.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


class Swing(NamedTuple):
    """What an oscillator does when it hears nothing: it grows at the rate a (1/s) and turns by ω (rad/s)."""

    growth: Float[Array, " region"]
    frequency: Float[Array, " region"]


class Heard(NamedTuple):
    """What comes in: `input[lag, post, pre]` weighs states `lag` steps ago, and what leaves at a rate for it (1/s)."""

    input: Float[Array, "lag region region"]
    lost: Float[Array, " region"]


def alone(state: Float[Array, "region 2"], swing: Swing, step_s: float | Array) -> Float[Array, "region 2"]:
    """Where oscillators are a step later if none hears another: the closed form, for steps of any length.

    |z(t)|² = |z|² e^{2at} / (1 + |z|² (e^{2at} - 1)/a), and the angle grows by ωt.
    """
    grown = 2 * swing.growth * step_s
    power = (state**2).sum(axis=-1)
    size = jnp.exp(grown / 2) * jax.lax.rsqrt(1 + power * 2 * step_s * _mean_growth(grown))
    cosine, sine = jnp.cos(swing.frequency * step_s), jnp.sin(swing.frequency * step_s)
    real, imaginary = state[..., 0], state[..., 1]
    turned = jnp.stack([cosine * real - sine * imaginary, sine * real + cosine * imaginary], axis=-1)
    return size[..., None] * turned


def moved(
    before: Float[Array, "lag region 2"], swing: Swing, heard: Heard, step_s: float, n_steps: int
) -> Float[Array, "step region 2"]:
    """The next `n_steps` states; `before` are the last ones, the newest first, as many as there are lags.

    Each step is Heun's for what is heard around the closed form of what happens anyway: errors fall with the square of
    the step, and no step is too long for the rest.
    """
    swing = Swing(swing.growth - heard.lost, swing.frequency)

    def step(before: Float[Array, "lag region 2"], _: None):
        now = _heard(heard.input, before)
        guess = alone(before[0], swing, step_s) + step_s * now
        later = _heard(heard.input, _pushed(before, guess))
        state = alone(before[0] + step_s / 2 * now, swing, step_s) + step_s / 2 * later
        return _pushed(before, state), state

    return jax.lax.scan(step, before, None, length=n_steps)[1]


def delayed(
    weight: Float[Array, "post pre"], delay: Float[Array, "post pre"], n_lags: int
) -> Float[Array, "lag post pre"]:
    """Weights on the states 0, 1, … steps ago that amount to a weight on one `delay` steps ago, between two of them.

    Longer delays than the last lag are taken as that.
    """
    lag = jnp.arange(n_lags, dtype=weight.dtype)[:, None, None]
    return weight * jnp.maximum(0.0, 1 - jnp.abs(jnp.minimum(delay, n_lags - 1) - lag))


def _heard(weights: Float[Array, "lag post pre"], before: Float[Array, "lag pre 2"]) -> Float[Array, "post 2"]:
    return jnp.einsum("kij,kjc->ic", weights, before)


def _pushed(before: Float[Array, "lag region 2"], state: Float[Array, "region 2"]) -> Float[Array, "lag region 2"]:
    return jnp.concatenate([state[None], before[:-1]])


def _mean_growth(grown: Float[Array, " region"]) -> Float[Array, " region"]:
    """(e^x - 1)/x, which is 1 + x/2 + … where x is small."""
    is_small = jnp.abs(grown) < 1e-3
    safe = jnp.where(is_small, 1.0, grown)
    return jnp.where(is_small, 1 + grown / 2 + grown**2 / 6, jnp.expm1(safe) / safe)
