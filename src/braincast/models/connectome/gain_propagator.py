"""A propagator whose neurons have gains and whose edges have strengths, fitted by gradient under a prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.brain.specimen import Specimen
from braincast.models.connectome.propagation.edge_list import EdgeList, edge_list
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.responses.batch import History, asked_batch, history_of, n_fitted, training_batch
from braincast.models.responses.wiring import connectome_of
from braincast.models.space import Range
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

# On inner folds the loss is as low as after twice as many.
_MAX_STEPS = 20


class Edges(dict[tuple[bool, bool], EdgeList]):
    """Edge lists by (extrasynaptic, expression), each made when first asked for."""

    def __init__(self, structure: Specimen) -> None:
        super().__init__()
        connectome_of(structure)
        self._structure = structure

    def __missing__(self, which: tuple[bool, bool]) -> EdgeList:
        extrasynaptic, expression = which
        self[which] = edge_list(self._structure, extrasynaptic=extrasynaptic, expression=expression)
        return self[which]


@dataclass(frozen=True, eq=False)
class FittedGains:
    """The network's parameters in one vector, which edges it has, and what training says about the neurons."""

    parameters: Float[np.ndarray, " parameter"]
    gain_sd: float
    extrasynaptic: bool
    expression: bool
    history: History

    @property
    def n_parameters(self) -> int:
        return n_fitted(self.parameters, self.history)

    def forecast(self, cases: Cases, prepared: Edges) -> Float[np.ndarray, "case lead neuron"]:
        from braincast.models.connectome.propagation import gain_equations as equations
        from braincast.models.learners.arithmetic import reference_arithmetic
        from braincast.models.learners.gradient import arrays, restored

        edges = prepared[bool(self.extrasynaptic), bool(self.expression)]
        with reference_arithmetic():
            unfitted = equations.unfitted(edges.features.shape[1], len(cases.neurons))
            gains = restored(unfitted, self.parameters)
            data = arrays((edges, asked_batch(cases, self.history), self.gain_sd))
            answer = np.asarray(equations.probability(gains, *data))
        return np.broadcast_to(answer[: len(cases)], cases.shape).copy()


class GainPropagator:
    """Steady-state response of a linear network, its edges' strengths and neurons' gains at their posterior mode."""

    card = ModelCard(
        name="gain-propagator",
        summary="A steady linear network with fitted strengths of edges by kind, weight, sign and expression, and "
        "a gain for each neuron.",
        kinds=("perturbation",),
        uses=("connectome", "expression"),
        settings={
            "gain_sd": Setting(
                "Standard deviation of neurons' gains (log odds) under the prior", sweep=Range(0.05, 1.0, log=True)
            ),
            "extrasynaptic": Setting("Whether monoamines and peptides are edges too", kind=bool),
            "expression": Setting("Whether edges count by transmitters, receptors and innexins expressed", kind=bool),
        },
        caveat="Its read-out knows the reverse pair's response, whose use was first seen on the outer folds of "
        "worm-perturbation. Without expression the strengths depend on kind, weight and sign alone.",
        typical_fit_s=6.0,
    )
    fitted_type = FittedGains
    candidates: tuple[Settings, ...] = (
        {"gain_sd": 0.3, "extrasynaptic": False, "expression": False},
        {"gain_sd": 0.3, "extrasynaptic": False, "expression": True},
        {"gain_sd": 0.3, "extrasynaptic": True, "expression": True},
    )

    def prepare(self, structure: Specimen) -> Edges:
        return Edges(structure)

    def fit(self, training: Training, prepared: Edges, settings: Settings, *, seed: int) -> FittedGains:
        from braincast.models.connectome.propagation import gain_equations as equations
        from braincast.models.learners.arithmetic import reference_arithmetic
        from braincast.models.learners.gradient import flattened, minimise

        which = bool(settings["extrasynaptic"]), bool(settings["expression"])
        gain_sd, edges, history = float(settings["gain_sd"]), prepared[which], history_of(training)
        batch = training_batch(training, history)
        with reference_arithmetic():
            start = equations.unfitted(edges.features.shape[1], len(training.cases.neurons))
            gains = minimise(equations.loss, start, edges, batch, gain_sd, max_steps=_MAX_STEPS)
            return FittedGains(flattened(gains), gain_sd, *which, history)
