"""Who answers which sign an edge has: three kinds of evidence, six answerers, all fixed before any was scored.

From a prediction (Fenyves et al. 2020), from transmitter and receptor expression, and from the signs of responses to
other classes' stimulation. Each gives effect[pre, post]; 0 is no opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from braincast.brain.connectome import Connectome
from braincast.brain.specimen import Specimen
from braincast.models.learners.logistic import fit_logistic
from braincast.models.signs.receptors import TRANSMITTERS, receptor_balance, transmitter_of
from braincast.tasks.training import Training

Effect = Float[np.ndarray, "pre post"]
# Textbook signs: glutamate and acetylcholine excite, GABA inhibits; exceptions are what expression should find.
_RULE = {"ACh": 1.0, "Glu": 1.0, "GABA": -1.0}
_PSEUDO_COUNT = 10.0
_PENALTY = 10.0


def predicted(circuit: Connectome, structure: Specimen, training: Training) -> Effect:
    """Signs as the circuit carries them: those predicted by Fenyves et al. 2020."""
    return np.sign(circuit.adjacency("chemical", signed=True).toarray())


def transmitter_rule(circuit: Connectome, structure: Specimen, training: Training) -> Effect:
    """+1 from neurons that release acetylcholine or glutamate, -1 from those that release GABA."""
    sign = transmitter_of(structure) @ np.array([_RULE[name] for name in TRANSMITTERS])
    return np.repeat(sign[:, None], len(sign), axis=1)


def receptors(circuit: Connectome, structure: Specimen, training: Training) -> Effect:
    """Cation against chloride channels of the postsynaptic neuron for the transmitter that the presynaptic one has."""
    return transmitter_of(structure) @ np.stack(list(receptor_balance(structure).values()))


def learned_by_transmitter(circuit: Connectome, structure: Specimen, training: Training) -> Effect:
    """How much more often than on average a transmitter's training responses are positive.

    Magnitudes are relative to the overall share, so that the answer is not + everywhere. A neuron of unknown
    transmitter has no opinion.
    """
    sign, pre, _ = _signed_responses(training)
    released = transmitter_of(structure)
    shares = [_shrunk(sign[released[pre, column] > 0], sign) for column in range(released.shape[1])]
    effect = released @ (np.array(shares) - sign.mean())
    return np.repeat(effect[:, None], len(released), axis=1)


def learned_by_responder(circuit: Connectome, structure: Specimen, training: Training) -> Effect:
    """How much more often than on average each neuron's training responses are positive, whoever was stimulated."""
    sign, _, post = _signed_responses(training)
    n_neurons = len(training.cases.neurons)
    effect = np.array([_shrunk(sign[post == neuron], sign) for neuron in range(n_neurons)]) - sign.mean()
    return np.repeat(effect[None, :], n_neurons, axis=0)


def learned_regression(circuit: Connectome, structure: Specimen, training: Training) -> Effect:
    """Ridge logistic regression of a response's sign on transmitter, receptor balance and their product.

    Fitted to all significant training responses (wired ones alone are too few); log odds relative to the mean ones.
    """
    sign, pre, post = _signed_responses(training)
    released, balance = transmitter_of(structure), np.stack(list(receptor_balance(structure).values()), axis=1)
    n_neurons = len(released)
    grid = np.concatenate(
        [
            np.repeat(released[:, None], n_neurons, axis=1),
            np.repeat(balance[None], n_neurons, axis=0),
            released[:, None] * balance[None],
        ],
        axis=2,
    )
    fitted = fit_logistic(grid[pre, post], (sign + 1) / 2, _PENALTY)
    return ((grid - fitted.centre) / fitted.scale) @ fitted.coefficients


SIGN_ANSWERERS: Mapping[str, Callable[[Connectome, Specimen, Training], Effect]] = MappingProxyType(
    {
        "predicted": predicted,
        "transmitter-rule": transmitter_rule,
        "receptors": receptors,
        "learned-transmitter": learned_by_transmitter,
        "learned-responder": learned_by_responder,
        "learned-regression": learned_regression,
    }
)


def _signed_responses(training: Training) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sign (±1), stimulated and responding neuron of each significant training response with a non-zero mean."""
    case, post = np.nonzero((training.responds == 1) & np.isfinite(training.mean_response))
    sign = np.sign(training.mean_response[case, post])
    pre = training.cases.drive.argmax(axis=1)[case]
    return sign[sign != 0], pre[sign != 0], post[sign != 0]


def _shrunk(signs: np.ndarray, every: np.ndarray) -> float:
    """Mean sign, shrunk towards that of all by a pseudo-count."""
    return float((signs.sum() + _PSEUDO_COUNT * every.mean()) / (len(signs) + _PSEUDO_COUNT))
