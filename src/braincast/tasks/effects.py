"""Questions about the circuit itself: what is the sign of each edge? The answer is effect[pre, post].

`asked` finds a question, or a task, by name and needs no data; `signs_question` makes the question `worm-signs` from
the worm atlas, and the same data give the same hash.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool
from pydantic import BaseModel, ConfigDict, Field

from braincast.brain.connectome import Connectome
from braincast.files import sha256_of_json
from braincast.tasks.kinds import AnyCard
from braincast.tasks.registry import perturbation_card, task_card

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset


QUESTIONS = ("worm-signs",)


class EffectQuestion(BaseModel):
    """A question about edges, declared. `edges` are all chemical edges of the circuit, (pre, post) by neuron id.

    What an answerer may learn from, and which neurons it is held out on, is that of the perturbation task `based_on`:
    each edge whose `pre` is a case there is answered by a fit that never saw the class of `pre` stimulated. Of that
    task only the folds enter the hash: its line-up may change without another question being asked here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    question: str
    dataset: str
    dataset_hash: str
    based_on: str
    folds_hash: str
    neurons: tuple[str, ...]
    cell_classes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    n_permutations: int = Field(ge=1)
    n_resamples: int = Field(ge=1)

    @property
    def hash(self) -> str:
        """SHA-256 of the whole declaration."""
        return sha256_of_json(self.model_dump(mode="json"))

    def to_show(self) -> dict[str, Any]:
        """The declaration with its hash."""
        return {**self.model_dump(mode="json"), "hash": self.hash}

    @property
    def wired(self) -> Bool[np.ndarray, "pre post"]:
        """Where the circuit has an edge."""
        place = {neuron: index for index, neuron in enumerate(self.neurons)}
        wired = np.zeros((len(place), len(place)), dtype=bool)
        for pre, post in self.edges:
            wired[place[pre], place[post]] = True
        return wired


def asked(name: str) -> AnyCard | EffectQuestion:
    """The declaration of a question about the circuit, or else of a task; an unknown name is E302."""
    if name not in QUESTIONS:
        return task_card(name)
    declared = files("braincast.tasks").joinpath("definitions", f"{name}.json")
    return EffectQuestion.model_validate_json(declared.read_text(encoding="utf-8"))


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
