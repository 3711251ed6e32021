"""One step: the gradient of the loss over a batch, and what the optimiser makes of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from braincast.models.blackbox.networks.embedding import is_embedding
from braincast.models.blackbox.networks.network import Network
from braincast.tasks.forecasting.examples import Batch
from braincast.training.gradient.layout import Layout
from braincast.training.gradient.rules import Rules, optimiser


class State(NamedTuple):
    """What changes from step to step."""

    network: Any
    optimiser: Any


class Given(NamedTuple):
    """What a step is given: rules, devices, windows, its number and the training's chance."""

    rules: Rules
    layout: Layout
    batch: Batch
    step: Int[Array, ""]
    chance: PRNGKeyArray


def state_of(network: Network, rules: Rules) -> State:
    """Before the first step."""
    return State(network, optimiser(rules).init(eqx.filter(network, eqx.is_inexact_array)))


@eqx.filter_jit(donate="all-except-first")
def update(given: Given, state: State) -> tuple[State, Float[Array, ""], Float[Array, ""]]:
    """The next state (the one given is used up), the loss before the step and the norm of its gradient."""
    loss, gradient = eqx.filter_value_and_grad(_loss)(state.network, given)
    gradient = _of_what_learns(gradient, given.rules.trained)
    trained = eqx.filter(state.network, eqx.is_inexact_array)
    change, memory = optimiser(given.rules).update(gradient, state.optimiser, trained)
    # Once more, as weights decay without a gradient too.
    changed = State(eqx.apply_updates(state.network, _of_what_learns(change, given.rules.trained)), memory)
    return given.layout.held(changed), loss, optax.tree.norm(gradient)


def _loss(network: Network, given: Given) -> Float[Array, ""]:
    """The mean loss over the windows; the network computes in the layout's type, errors are in float32."""
    lower = given.layout.computing_type(given.rules.precision)
    chances = jax.random.split(jax.random.fold_in(given.chance, given.step), len(given.batch.target))
    batch, inside = Batch(_as(given.batch.seen, lower), given.batch.target), _as(network, lower)
    losses = jax.vmap(lambda window, key: inside.loss(window, given.rules.loss, key=key))(batch, chances)
    return losses.mean()


def _of_what_learns(change: Any, trained: str) -> Any:
    """A gradient or change that is 0 where the setting `trained` lets nothing learn."""
    if trained == "all":
        return change
    return jax.tree.map(lambda node: node if is_embedding(node) else jnp.zeros_like(node), change, is_leaf=is_embedding)


def _as(tree: Any, dtype: Any) -> Any:
    """Numbers with a fraction in another type."""
    return jax.tree.map(lambda leaf: leaf.astype(dtype) if eqx.is_inexact_array(leaf) else leaf, tree)
