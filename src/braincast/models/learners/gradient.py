"""The minimiser that models with a small, smooth loss share.

Imports JAX; a module that holds a model's card imports this on use only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Float
from scipy.optimize import minimize

Parameters = TypeVar("Parameters")
Loss = Callable[..., Any]


def minimise(loss: Loss, start: Parameters, *data: Any, max_steps: int) -> Parameters:
    """Parameters after `max_steps` steps of L-BFGS from `start`, or at a minimum of `loss(parameters, *data)`.

    Parameters and data are pytrees of arrays. `loss` must be a function of a module: what is compiled is kept for it.
    """
    flat, restore = ravel_pytree(start)
    value_and_gradient = flat_value_and_gradient(loss)
    given = arrays(data)

    def evaluated(values: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = value_and_gradient(restore, jnp.asarray(values), *given)
        return float(value), np.asarray(gradient)

    options = {"maxiter": max_steps, "maxcor": 10, "ftol": 1e-9, "gtol": 1e-5}
    found = minimize(evaluated, np.asarray(flat), jac=True, method="L-BFGS-B", options=options)
    return restore(jnp.asarray(found.x))


@cache
def flat_value_and_gradient(loss: Loss) -> Callable[..., Any]:
    """Compiled `(restore, values, *data)` → loss and its gradient; `restore` makes parameters of a flat vector."""

    def of_flat(restore: Any, values: Any, *data: Any) -> Any:
        return jax.value_and_grad(lambda flat: loss(restore(flat), *data))(values)

    return jax.jit(of_flat, static_argnums=0)


def flattened(parameters: Any) -> Float[np.ndarray, " parameter"]:
    """All numbers of a pytree in one vector, in the order of its fields."""
    return np.asarray(ravel_pytree(parameters)[0])


def restored(like: Parameters, values: Float[np.ndarray, " parameter"]) -> Parameters:
    """The inverse of `flattened`, for a pytree of the same shapes."""
    return ravel_pytree(like)[1](jnp.asarray(values))


def arrays(tree: Any) -> Any:
    """The same pytree with arrays of JAX."""
    return jax.tree.map(jnp.asarray, tree)
