"""One step: the gradient of the loss over a batch, and what the optimiser makes of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from braincast.models.blackbox.networks.embedding import is_embedding
from braincast.models.blackbox.networks.network import Network, Whole
from braincast.tasks.forecasting.examples import Batch
from braincast.training.gradient.layout import Layout
from braincast.training.gradient.rules import Rules, optimiser

_SMALL = 16  # times smaller than a window


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
    loss, gradient = gradient_of(state.network, given)
    gradient = _of_what_learns(gradient, given.rules.trained)
    trained = eqx.filter(state.network, eqx.is_inexact_array)
    change, memory = optimiser(given.rules).update(gradient, state.optimiser, trained)
    # Once more, as weights decay without a gradient too.
    changed = State(eqx.apply_updates(state.network, _of_what_learns(change, given.rules.trained)), memory)
    return given.layout.held(changed), loss, optax.tree.norm(gradient)


def gradient_of(network: Network, given: Given) -> tuple[Float[Array, ""], Any]:
    """The loss over a step's windows and its gradient."""
    return eqx.filter_value_and_grad(_loss)(network, given)


def small_beside_each(network: Any, contexts: Float[Array, "case context neuron"]) -> tuple[Any, Any]:
    """A network's arrays, those much smaller than a window repeated for each window, and the others.

    A product of a small matrix with a window would else be one with all windows at once, for which the compiler turns
    them and turns back what comes out: that takes longer than the product. Parts that are `Whole` are not repeated.
    """
    small, whole = eqx.partition(
        network,
        lambda leaf: eqx.is_array(leaf) and leaf.size * _SMALL <= contexts[0].size,
        is_leaf=lambda node: isinstance(node, Whole),
    )
    return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (len(contexts), *leaf.shape)), small), whole


def _loss(network: Network, given: Given) -> Float[Array, ""]:
    """The mean loss over the windows; the network computes in the layout's type, errors are in float32."""
    lower = given.layout.computing_type(given.rules.precision)
    chances = jax.random.split(jax.random.fold_in(given.chance, given.step), len(given.batch.target))
    batch = Batch(_as(given.batch.seen, lower), given.batch.target)
    beside, whole = small_beside_each(_as(network, lower), batch.seen.context)

    def loss(own: Any, window: Batch, key: PRNGKeyArray) -> Float[Array, ""]:
        return eqx.combine(own, whole).loss(window, given.rules.loss, key=key)

    return jax.vmap(loss)(beside, batch, chances).mean()


def _of_what_learns(change: Any, trained: str) -> Any:
    """A gradient or change that is 0 where the setting `trained` lets nothing learn."""
    if trained == "all":
        return change
    return jax.tree.map(lambda node: node if is_embedding(node) else jnp.zeros_like(node), change, is_leaf=is_embedding)


def _as(tree: Any, dtype: Any) -> Any:
    """Numbers with a fraction in another type."""
    return jax.tree.map(lambda leaf: leaf.astype(dtype) if eqx.is_inexact_array(leaf) else leaf, tree)
