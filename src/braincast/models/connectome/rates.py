"""What `rate-network` and `rate-residual` have in common: settings, and the equations before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from braincast.models.blackbox.learning import learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import NOT_SWEPT, Choices

if TYPE_CHECKING:
    from braincast.models.connectome.networks.rate_network import RateEquations, RateNetwork
    from braincast.models.connectome.networks.wirings import Wirings

FAST, SLOW = ("chemical", "tract"), ("monoaminergic", "peptidergic")
_SLOW_FRAMES, _LAG_FRAMES = 20.0, 2.0  # at first; both are learned

RATES: Mapping[str, Setting] = {
    "nonlinearity": Setting(
        "What a neuron sends along chemical edges and tracts: a function of its rate",
        kind=str,
        choices=("tanh", "relu", "sigmoid", "identity"),
    ),
    "signs": Setting(
        "Edges whose sign is unknown: excitatory, or as strong in either direction as is learned for each presynaptic "
        "neuron or each edge; tracts are excitatory",
        kind=str,
        choices=("excitatory", "neuron", "edge"),
    ),
    "deviation": Setting(
        "Prior standard deviation of the log strength of single edges; 0: a power of the weight, the same for a kind",
        upper=10.0,
        sweep=Choices((0.0, 0.3, 1.0)),
    ),
    "neurons": Setting(
        "Whose time constant, resting level and sensitivity are the same: of all, of a class, of none",
        kind=str,
        choices=("shared", "class", "own"),
    ),
    "slow": Setting("Whether monoamines and peptides act, through a second and slower variable", kind=bool),
    "read": Setting("Last frames of the context that say where rates begin", kind=int, lower=1.0, upper=65536.0),
    "observation": Setting(
        "identity: a rate is seen in its standard deviations; calcium: with a lag that is learned",
        kind=str,
        choices=("identity", "calcium"),
        sweep=NOT_SWEPT,
    ),
    "steps_per_frame": Setting("Steps of the equations from frame to frame", kind=int, lower=1.0, upper=1000.0),
}


def rates_learned(**changes: Any) -> Settings:
    """Settings of a candidate: those that rate models begin with, and what differs."""
    usual = {
        "nonlinearity": "tanh",
        "signs": "neuron",
        "deviation": 0.0,
        "neurons": "own",
        "slow": True,
        "read": 4,
        "observation": "identity",
        "steps_per_frame": 1,
        "learning_rate": 1e-2,
        "steps": 400,
        "every": 25,
        "patience": 5,
    }
    return learned(**{**usual, **changes})


class RateForecaster(NetworkForecaster):
    """Rates on the wiring; what is learned beside them is up to the model."""

    def beside(self, sizes: Sizes, settings: Settings, *, key: Any) -> Any:
        """The residual, or None."""
        return None

    def prepare(self, structure: Any) -> WiredRates:
        """The wiring of each recording; E307 where there is none."""
        from braincast.models.connectome.networks.neurons import cell_classes, grouped
        from braincast.models.connectome.networks.wirings import Wirings

        told = structure.connectomes, structure.which
        fast, slow = Wirings.of(*told, FAST), Wirings.of(*told, SLOW)
        electrical = Wirings.electrical(*told)
        return WiredRates(self, fast, electrical, slow, grouped(cell_classes(structure)))


@dataclass(frozen=True)
class WiredRates(NetworkForecaster):
    """A model with the wiring of each recording, by how edges act, and the group of each neuron."""

    model: RateForecaster
    fast: Wirings
    electrical: Wirings
    slow: Wirings
    classes: tuple[int, ...]

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> RateNetwork:
        """The network before the first step."""
        from braincast.models.connectome.networks.rate_network import begun

        beside = self.model.beside(sizes, settings, key=key)
        return begun(self._equations(settings), sizes, settings["read"], beside)

    def _equations(self, settings: Settings) -> RateEquations:
        import jax.numpy as jnp

        from braincast.models.connectome.networks.neurons import Neurons
        from braincast.models.connectome.networks.rate_network import RateEquations
        from braincast.models.connectome.networks.strengths import Strengths

        signs, spread = settings["signs"], settings["deviation"]
        used = (self.fast, self.electrical, self.slow if settings["slow"] else None)
        n_neurons = len(self.classes)
        groups = {"shared": (0,) * n_neurons, "class": self.classes, "own": tuple(range(n_neurons))}
        fast, electrical, slow = (
            Strengths.begun(one, signs, spread) if one is not None and one.n_edges else None for one in used
        )
        return RateEquations(
            Neurons.begun(groups[settings["neurons"]]),
            fast,
            electrical,
            slow,
            jnp.log(jnp.asarray(_SLOW_FRAMES, jnp.float32)),
            jnp.log(jnp.asarray(_LAG_FRAMES, jnp.float32)) if settings["observation"] == "calcium" else None,
            settings["nonlinearity"],
            settings["steps_per_frame"],
        )
