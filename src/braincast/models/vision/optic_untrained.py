"""The same network before it learned anything: the floor."""

from __future__ import annotations

from braincast.models.interface import ModelCard, Settings
from braincast.models.vision.optic.answers import FittedOpticNetwork
from braincast.models.vision.optic.eye import Eye
from braincast.models.vision.optic_network import START, STARTS, OpticNetwork
from braincast.tasks.encoding.scene_training import SceneTraining


class OpticUntrained(OpticNetwork):
    """It begins as the network that is trained does; only the read-out of flow is fitted."""

    card = ModelCard(
        name="optic-untrained",
        summary="The optic lobe's network as training begins with it: what the wiring says without a task.",
        kinds=("encoding",),
        answers=("response",),
        uses=("connectome",),
        settings=START,
        citation=OpticNetwork.card.citation,
        caveat="It has looked at light to set its gains, at no flow.",
        stochastic=True,
        typical_fit_s=15.0,
        fewest_seeds=10,
    )
    candidates = (STARTS,)

    def fit(self, training: SceneTraining, prepared: Eye, settings: Settings, *, seed: int) -> FittedOpticNetwork:
        from braincast.models.vision.optic.training import untrained  # brings JAX

        return untrained(prepared, training, settings, seed)
