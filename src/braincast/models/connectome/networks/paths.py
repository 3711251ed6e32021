"""States that move step by step along couplings, with one gradient of the edges' weights for a whole path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.models.connectome.networks.coupling import Coupling
from braincast.models.connectome.networks.graph import Graph
from braincast.models.connectome.networks.messages import go_by_loops, messages
from braincast.models.connectome.networks.sums import meeting

Arrive = Callable[[Float[Array, " neuron"]], Float[Array, " neuron"]]
# Of parameters, what arrives along each coupling (each is asked once), state and input: the next state, what is seen.
Step = Callable[[Any, Sequence[Arrive], Any, Any], tuple[Any, Any]]


def path(step: Step, parameters: Any, couplings: Sequence[Coupling], begin: Any, inputs: Any) -> Any:
    """What is seen after each step from `begin`, with one of `inputs` at each.

    Along many edges the gradient of their weights is not added up step by step (an array as long as the edges would be
    read and written for each): what was sent and how the loss changes with what arrived is kept for every step, which
    is as long as the neurons, and at the end each edge's gradient is one sum over steps.
    """
    wired = [(one.graph, one.edge_weight) for one in couplings]
    if not wired or any(graph is None or weight is None or not go_by_loops(graph, weight) for graph, weight in wired):
        return jax.lax.scan(lambda state, told: step(parameters, couplings, state, told), begin, inputs)[1]
    graphs, weights = map(list, zip(*wired, strict=True))
    return _along_edges(step, graphs, weights, parameters, begin, inputs)


def _along_edges(step: Step, graphs: Any, weights: Any, parameters: Any, begin: Any, inputs: Any) -> Any:
    n_steps = len(jax.tree.leaves(inputs)[0])

    @jax.custom_vjp
    def run(graphs, weights, parameters, begin, inputs):
        return _run(step, graphs, weights, _silence(n_steps, graphs, weights), parameters, begin, inputs)[0]

    def forward(graphs, weights, parameters, begin, inputs):
        def of(arrived, parameters, begin, inputs):
            return _run(step, graphs, weights, arrived, parameters, begin, inputs)

        silence = _silence(n_steps, graphs, weights)
        seen, back, sent = jax.vjp(of, silence, parameters, begin, inputs, has_aux=True)
        return seen, (back, sent, graphs, weights)

    def backward(kept, change):
        back, sent, graphs, weights = kept
        arrived, *others = back(change)
        of_weights = [
            meeting(graph.start, graph.pre, graph.post, *of_one)
            for graph, *of_one in zip(graphs, weights, sent, arrived, strict=True)
        ]
        return None, of_weights, *others

    run.defvjp(forward, backward)
    return run(graphs, weights, parameters, begin, inputs)


def _run(
    step: Step, graphs: Sequence[Graph], weights: Any, arrived: Any, parameters: Any, begin: Any, inputs: Any
) -> tuple[Any, list[Array]]:
    """What is seen, and what was sent along each coupling; `arrived` is added to what arrives (it is 0)."""

    def one(state: Any, told: Any) -> Any:
        now, more = told
        sent: list[Any] = [None] * len(graphs)

        def arriving(number: int) -> Arrive:
            def arrive(values: Array) -> Array:
                sent[number] = values
                return messages(graphs[number], weights[number], values) + more[number]

            return arrive

        state, seen = step(parameters, [arriving(number) for number in range(len(graphs))], state, now)
        return state, (seen, sent)

    weights = jax.lax.stop_gradient(weights)
    return jax.lax.scan(one, begin, (inputs, arrived))[1]


def _silence(n_steps: int, graphs: Sequence[Graph], weights: Sequence[Array]) -> list[Array]:
    return [jnp.zeros((n_steps, graph.n_neurons), weight.dtype) for graph, weight in zip(graphs, weights, strict=True)]
