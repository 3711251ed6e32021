"""What models of the pyloric circuit share: they find where on their own way a recording is, and run on from there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from braincast.brain.brains import Brains
from braincast.models.biophysical.circuit_space import CELLS, Conductances, modulated, typical
from braincast.models.interface import ModelCard, Setting
from braincast.tasks.forecasting.windows import Windows

if TYPE_CHECKING:  # brings JAX, which a listing of models must not wait for
    from braincast.models.biophysical.rehearsal import Rehearsal, Timing

SETTLE_MS = 5000
MEMORY = Setting("Seconds after which a frame of the context counts 1/e in finding the phase", lower=0.05, upper=60.0)
MEMORIES = tuple({"memory_s": memory_s} for memory_s in (0.05, 0.15, 0.5))


@dataclass(frozen=True, eq=False)
class Anatomy:
    """What models are told of each recording's animal: its wiring, with the literature's conductances, and its name."""

    typical: Conductances
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FittedCircuits:
    """A circuit for each recording; `told` whether it knows what modulators do, where the task says that they come.

    `n_parameters` is how many numbers were fitted.
    """

    maximal: Float[np.ndarray, "recording current cell"]
    synapse: Float[np.ndarray, "recording synapse"]
    frame_s: float
    memory_s: float
    told: bool
    n_parameters: int

    def forecast(self, windows: Windows, prepared: Anatomy) -> Float[np.ndarray, "case lead neuron"]:
        """Each window from the place on the circuit's own way that looks most like the context."""
        from braincast.models.biophysical.rehearsal import Timing

        timing = Timing.of(self.frame_s, windows.context_frames, windows.horizon)
        columns = np.array([windows.neurons.index(cell) for cell in CELLS])
        run = _rehearsal(self.maximal.tobytes(), self.synapse.tobytes(), self.maximal.shape, timing)
        contexts = windows.contexts()[:, :, columns]
        places, answer = np.zeros(len(windows), dtype=np.int64), np.empty(windows.shape)
        for recording in np.unique(windows.recording):
            rows = windows.recording == recording
            places[rows] = run.places(int(recording), contexts[rows], self.memory_s)
            following = run.seen_from(int(recording), timing.n_context, timing.n_horizon)
            answer[np.ix_(np.flatnonzero(rows), np.arange(windows.horizon), columns)] = following[places[rows]]
        amounts = self._amounts(windows)
        changed = np.flatnonzero(amounts.any(axis=1))
        if len(changed):
            answer[np.ix_(changed, np.arange(windows.horizon), columns)] = self._modulated(
                run, windows.recording[changed], places[changed], amounts[changed]
            )
        return answer

    def _amounts(self, windows: Windows) -> Float[np.ndarray, "case modulator"]:
        """How much of each modulator is there from the first frame asked for on."""
        shown = windows.stimulus() if self.told else None
        return np.zeros((len(windows), 1)) if shown is None else shown[:, windows.context_frames].astype(np.float64)

    def _modulated(
        self,
        run: Rehearsal,
        recording: Int[np.ndarray, " case"],
        places: Int[np.ndarray, " case"],
        amounts: Float[np.ndarray, "case modulator"],
    ) -> Float[np.ndarray, "case lead cell"]:
        from braincast.models.biophysical.rehearsal import continued

        own = Conductances(self.maximal, self.synapse).of(recording)
        return continued(modulated(own, amounts), run.states_after(recording, places), run.timing)


class PyloricForecaster:
    """A model of the pyloric circuit: the card, and what is looked at of the animals."""

    candidates = MEMORIES
    fitted_type = FittedCircuits

    def prepare(self, structure: Brains) -> Anatomy:
        """The wiring of each recording's animal, with the literature's conductances."""
        wirings = [structure.connectomes[number] for number in structure.which]
        return Anatomy(typical(wirings), tuple(specimen.name for specimen in structure.specimens))


def pyloric_card(name: str, summary: str, **more: object) -> ModelCard:
    """The card of a model of the pyloric circuit."""
    told = {"uses": ("activity", "connectome"), "settings": {"memory_s": MEMORY}, "typical_fit_s": 10.0, **more}
    return ModelCard(
        name=name,
        summary=summary,
        kinds=("forecast",),
        answers=("activity",),
        neurons=CELLS,
        citation="Prinz, Bucher & Marder 2004, Nat Neurosci 7:1345",
        **told,  # pyright: ignore[reportArgumentType]
    )


@lru_cache(maxsize=8)
def _rehearsal(maximal: bytes, synapse: bytes, shape: tuple[int, ...], timing: Timing) -> Rehearsal:
    from braincast.models.biophysical.rehearsal import rehearsed

    own = Conductances(np.frombuffer(maximal).reshape(shape), np.frombuffer(synapse).reshape(shape[0], -1))
    return rehearsed(own, timing, SETTLE_MS)
