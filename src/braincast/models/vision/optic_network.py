"""The optic lobe's wiring as a network that learns to tell how scenes move."""

from __future__ import annotations

from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.vision.optic.answers import FittedOpticNetwork
from braincast.models.vision.optic.eye import Eye
from braincast.tasks.encoding.optic_lobe import OpticLobe
from braincast.tasks.encoding.scene_training import SceneTraining

_WHO = "Lappalainen, Tschopp, Prakhya, ... Macke, Turaga 2024, Nature 634:1132 (the network)"
START = {
    "spread": Setting(
        "standard deviation of each type's potential over scenes, before training", lower=0.01, upper=2.0
    ),
    "height": Setting("where types rest in grey before training, in spreads", lower=-3.0, upper=3.0),
    "scatter": Setting("log-normal scatter of time constants before training", upper=2.0),
}
STARTS = {"spread": 0.2, "height": 1.0, "scatter": 0.3}


class OpticNetwork:
    """Resting potentials, time constants and strengths are learned, one for each type or pair of types."""

    card = ModelCard(
        name="optic-network",
        summary="A rate network with the optic lobe's wiring, trained to tell optic flow; it never saw a cell answer.",
        kinds=("encoding",),
        answers=("response",),
        uses=("connectome",),
        settings={
            "steps": Setting("steps of training", int, 1.0, 1_000_000.0),
            "movies": Setting("scenes at each step", int, 1.0, 4096.0),
            "learning_rate": Setting("of the logarithm of strengths and time constants", lower=1e-6, upper=1.0),
            "learned": Setting(
                "what is learned of connections: strengths; signs as well; or the counts of every offset as well",
                str,
                choices=("strengths", "signs", "counts"),
            ),
            "left_out": Setting("share of output types that the decoder goes without at each step", upper=0.9),
            **START,
        },
        citation=_WHO,
        caveat="Its decoder and its start are not the published ones: see docs/findings/fly-motion.md.",
        stochastic=True,
        typical_fit_s=240.0,
        fewest_seeds=5,
    )
    fitted_type = FittedOpticNetwork
    candidates = (
        {"steps": 1200, "movies": 32, "learning_rate": 0.01, "left_out": 0.0, "learned": "strengths", **STARTS},
    )

    def prepare(self, structure: OpticLobe) -> Eye:
        return Eye.of(structure)

    def fit(self, training: SceneTraining, prepared: Eye, settings: Settings, *, seed: int) -> FittedOpticNetwork:
        from braincast.models.vision.optic.training import trained  # brings JAX

        return trained(prepared, training, settings, seed)
