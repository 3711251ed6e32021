"""How the brains behind a task's recordings are built: one specimen for each recording, without any activity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.brain.connectome import Connectome
from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError

Load = Callable[[], Sequence[Specimen]]
Change = Callable[[Specimen], Specimen]
_BARE = "nothing but anatomy"


class Brains:
    """The structure of a forecast task: whose wiring each recording goes with, as far as the task's neurons are in it.

    `neurons` are the task's, in the order of its arrays. Specimens come on first use, one for each recording and the
    same object where recordings share it, so that a model that looks at no wiring needs none to be fetched.
    """

    neurons: tuple[str, ...]
    anatomy: pd.DataFrame | None

    def __init__(self, neurons: Sequence[str], load: Load, anatomy: pd.DataFrame | None = None) -> None:
        self.neurons, self.anatomy = tuple(neurons), anatomy
        self._load = load

    @cached_property
    def specimens(self) -> tuple[Specimen, ...]:
        """One for each recording; the connectome of each has those neurons that the wiring and the task share."""
        found = self._load()
        bare = {key: _without_activity(one, self.neurons) for key, one in {id(one): one for one in found}.items()}
        return tuple(bare[id(one)] for one in found)

    @cached_property
    def which(self) -> Int[np.ndarray, " recording"]:
        """Which of `connectomes` each recording goes with."""
        order = [id(one) for one in self._distinct]
        return np.array([order.index(id(one)) for one in self.specimens], np.int32)

    @cached_property
    def connectomes(self) -> tuple[Connectome, ...]:
        """The different wirings, each on all of the task's neurons in order: those it lacks have no edges.

        E307 where a recording goes with none.
        """
        return tuple(self._on_all(one) for one in self._distinct)

    @property
    def expression(self) -> Expression | None:
        """Of the first recording's specimen."""
        return self.specimens[0].expression

    def changed(self, change: Change) -> Brains:
        """The same with every different specimen, and the anatomy, changed alike."""
        bare = change(Specimen(_BARE, "", anatomy=self.anatomy))

        def load() -> list[Specimen]:
            made = {id(one): change(one) for one in self._distinct}
            return [made[id(one)] for one in self.specimens]

        return Brains(self.neurons, load, bare.anatomy)

    def exchanged(self, *, seed: int) -> Brains:
        """Every brain takes the wiring of another one, drawn at random; a single one keeps its own."""
        n = len(self._distinct)
        giver = _derangement(n, np.random.default_rng(seed)) if n > 1 else np.arange(n)

        def load() -> list[Specimen]:
            return [
                replace(self.specimens[row], connectome=self._distinct[giver[own]].connectome)
                for row, own in enumerate(self.which)
            ]

        return Brains(self.neurons, load, self.anatomy)

    @cached_property
    def _distinct(self) -> list[Specimen]:
        return list({id(one): one for one in self.specimens}.values())

    def _on_all(self, specimen: Specimen) -> Connectome:
        own = specimen.connectome
        if own is None:
            fix = "Choose a model that needs no wiring, or a task whose recordings have some"
            raise BraincastError("E307", specimen.name, "there is no connectome beside its recording", fix)
        table = own.neurons.set_index("id").reindex(list(self.neurons)).reset_index(names="id")
        place = table["id"].reset_index().set_index("id")["index"].reindex(own.neuron_ids).to_numpy()
        ends = {end: place[own.edges[end].to_numpy()] for end in ("pre", "post")}
        return Connectome(table, own.edges.assign(**ends), own.name, own.weight_unit)


def _without_activity(specimen: Specimen, neurons: Sequence[str]) -> Specimen:
    bare = replace(specimen, responses=None, recordings={})
    if bare.connectome is None:
        return bare
    known = set(bare.connectome.neuron_ids)
    return replace(bare, connectome=bare.connectome.subgraph([name for name in neurons if name in known]))


def _derangement(n: int, rng: np.random.Generator) -> Int[np.ndarray, " place"]:
    """A permutation that leaves nothing in its place, all of them equally likely."""
    while True:
        drawn = rng.permutation(n)
        if (drawn != np.arange(n)).all():
            return drawn
