"""The same network as the published ones begin."""

from __future__ import annotations

from braincast.models.interface import ModelCard, Settings
from braincast.models.vision.optic.answers import FittedOpticNetwork
from braincast.models.vision.optic.eye import Eye
from braincast.models.vision.optic_network import OpticNetwork
from braincast.tasks.encoding.scene_training import SceneTraining


class OpticPublishedStart(OpticNetwork):
    """Every connection weighs the same, and all cells rest far above their threshold."""

    card = ModelCard(
        name="optic-published-start",
        summary="The optic lobe's network before training, with the parameters that the published networks begin with.",
        kinds=("encoding",),
        answers=("response",),
        uses=("connectome",),
        settings={},
        citation=OpticNetwork.card.citation,
        stochastic=True,
        typical_fit_s=5.0,
        fewest_seeds=10,
    )
    candidates = ({},)

    def fit(self, training: SceneTraining, prepared: Eye, settings: Settings, *, seed: int) -> FittedOpticNetwork:
        from braincast.models.vision.optic.training import as_published  # brings JAX

        return as_published(prepared, training, seed)
