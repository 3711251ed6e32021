"""Voltages of the rate network frame by frame, with their gradients: by loops on a CPU, elsewhere by XLA."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.dynamics.lattice.loops import target
from braincast.dynamics.lattice.wiring import Wiring

Voltages = Float[Array, "type column movie"]
Light = Float[Array, "frame column movie"]


def steps(
    wiring: Wiring,
    weight: Float[Array, " term"],
    resting: Float[Array, " type"],
    share: Float[Array, " type"],
    begin: Voltages,
    light: Light,
) -> Float[Array, "frame type column movie"]:
    """Voltages after each frame of light: V + share · (resting + Σ weight · max(V, 0) + light - V)."""
    if by_loops(begin):
        return _by_loops(wiring, weight, resting, share, begin, light)

    def step(now: Array, frame: Array) -> tuple[Array, Array]:
        rates = jnp.where(wiring.is_there[:, :, None], jax.nn.relu(now), 0.0)
        seen = jnp.where(wiring.is_input[:, None, None], frame[None], 0.0)
        drive = resting[:, None, None] + arriving(wiring, weight, rates) + seen
        after = now + share[:, None, None] * (drive - now)
        return after, after

    return jax.lax.scan(step, begin, light)[1]


def by_loops(values: Array) -> bool:
    """Whether loops do it: in float32 on a CPU, where XLA can call them."""
    is_known = values.dtype == jnp.float32 and jax.default_backend() == "cpu"
    return is_known and target("steps") is not None and target("back") is not None


def arriving(wiring: Wiring, weight: Float[Array, " term"], values: Voltages) -> Voltages:
    """What arrives at each cell: each edge gathers its value, and sums are over sorted segments."""
    n_types, n_columns, n_movies = values.shape
    cells = values.reshape(n_types * n_columns, n_movies)
    sent = cells[wiring.edge_pre] * weight[wiring.edge_term][:, None]
    arrived = jax.ops.segment_sum(sent, wiring.edge_post, n_types * n_columns, indices_are_sorted=True)
    return arrived.reshape(values.shape)


@jax.custom_vjp
def _by_loops(wiring: Wiring, weight: Array, resting: Array, share: Array, begin: Array, light: Array) -> Array:
    shape = jax.ShapeDtypeStruct((light.shape[0], *begin.shape), begin.dtype)
    call = jax.ffi.ffi_call(str(target("steps")), shape, vmap_method="sequential")
    return call(*_places(wiring), weight, resting, share, begin, light)


def _forward(wiring: Wiring, weight: Array, resting: Array, share: Array, begin: Array, light: Array) -> Any:
    voltages = _by_loops(wiring, weight, resting, share, begin, light)
    return voltages, (wiring, weight, resting, share, begin, light, voltages)


def _backward(kept: Any, change: Array) -> Any:
    wiring, weight, resting, share, begin, light, voltages = kept
    shapes = [jax.ShapeDtypeStruct(one.shape, one.dtype) for one in (weight, resting, share, begin, light)]
    call = jax.ffi.ffi_call(str(target("back")), tuple(shapes), vmap_method="sequential")
    return None, *call(*_places(wiring), weight, share, begin, voltages, change)


_by_loops.defvjp(_forward, _backward)


def _places(wiring: Wiring) -> list[Array]:
    return [*wiring[:7], wiring.is_there.astype(jnp.float32), wiring.is_input.astype(jnp.float32)]
