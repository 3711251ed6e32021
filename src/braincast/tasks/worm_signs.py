"""The question `worm-signs` and its circuit, made from the worm atlas; the same data give the same hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from braincast.brain.connectome import Connectome
from braincast.files import sha256_of_json
from braincast.tasks.effects import EffectQuestion
from braincast.tasks.registry import perturbation_card

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset


def signs_question(dataset: Dataset) -> EffectQuestion:
    """`worm-signs`: the edges of the reconstruction on which Fenyves et al. 2020 predicted signs, among the 300."""
    card = perturbation_card("worm-perturbation")
    circuit = signed_circuit(dataset)
    ids = np.array(circuit.neuron_ids)
    edges = zip(ids[circuit.edges["pre"]].tolist(), ids[circuit.edges["post"]].tolist(), strict=True)
    return EffectQuestion(
        name="worm-signs",
        version="1",
        question="Is the effect of the presynaptic neuron on the postsynaptic one positive or negative?",
        dataset=dataset.name,
        dataset_hash=dataset.card.hash,
        based_on=card.name,
        folds_hash=sha256_of_json([(case.id, case.fold) for case in card.cases]),
        neurons=card.neurons,
        cell_classes=card.cell_classes,
        edges=tuple(sorted(edges)),
        n_permutations=2000,
        n_resamples=card.n_resamples,
    )


def signed_circuit(dataset: Dataset) -> Connectome:
    """The chemical edges of the table `synapse_signs` among the atlas's neurons, with the predicted signs."""
    from braincast.datasets.worm.signs import SIGN

    connectome = dataset.specimens["wt"].connectome
    if connectome is None:
        raise ValueError("the worm atlas has a connectome")
    table, known = dataset.tables["synapse_signs"], connectome.neuron_ids
    kept = table[table["pre"].isin(known) & table["post"].isin(known) & (table["synapses"] > 0)]
    return Connectome.from_edges(
        connectome.neurons,
        kept["pre"],
        kept["post"],
        weight=kept["synapses"].tolist(),
        sign=[SIGN[prediction] for prediction in kept["prediction"]],
        name="circuit of Fenyves et al. 2020",
    )
