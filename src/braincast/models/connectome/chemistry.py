"""What expression says about an edge: does the sender make a signal, and the receiver what hears it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Float

from braincast.brain.expression import Expression

# Genes that make or package each transmitter, and families of receptors, after Hobert 2013, "The neuronal genome of
# Caenorhabditis elegans" (WormBook, doi:10.1895/wormbook.1.161.1).
SENDERS = {
    "acetylcholine": ("cha-1", "unc-17"),
    "glutamate": ("eat-4",),
    "gaba": ("unc-25", "unc-47"),
}
RECEIVERS = {
    ("acetylcholine", "cation"): (
        *(f"acr-{number}" for number in (2, 3, 5, 6, 7, 8, 9, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24)),
        *("unc-29", "unc-38", "unc-63", "lev-1", "lev-8", "deg-3", "des-2"),
    ),
    ("acetylcholine", "anion"): ("acc-1", "acc-2", "acc-3", "acc-4", "lgc-46", "lgc-47", "lgc-49"),
    ("acetylcholine", "metabotropic"): ("gar-1", "gar-2", "gar-3"),
    ("glutamate", "cation"): ("glr-1", "glr-2", "glr-3", "glr-4", "glr-5", "glr-6", "nmr-1", "nmr-2"),
    ("glutamate", "anion"): ("avr-14", "avr-15", "glc-1", "glc-2", "glc-3", "glc-4"),
    ("glutamate", "metabotropic"): ("mgl-1", "mgl-2", "mgl-3"),
    ("gaba", "any"): ("unc-49", "gab-1", "lgc-35", "lgc-36", "lgc-37", "lgc-38", "exp-1", "gbb-1", "gbb-2"),
}
MONOAMINES = {"serotonin": ("tph-1",), "dopamine": ("cat-2",), "tyramine": ("tdc-1",), "octopamine": ("tbh-1",)}
INNEXINS = ("unc-7", "unc-9", *(f"inx-{n}" for n in (1, 2, 7, 8, 10, 11, 12, 13, 14, 18, 19, 20, 21, 22)), "che-7")
Pairs = Float[np.ndarray, "pre post"]


class Levels:
    """Expression of gene families in each of the given neurons, from 0 (none) to 1 (the strongest of these neurons).

    A family's level is log(1 + its summed amount) over the largest such value; genes and neurons without data are 0.
    """

    def __init__(self, expression: Expression | None, neurons: Sequence[str]) -> None:
        genes, known = (expression.genes, expression.neurons) if expression is not None else ((), ())
        column = {neuron: place for place, neuron in enumerate(known)}
        self._row = {gene: row for row, gene in enumerate(genes)}
        self._columns = np.array([column.get(neuron, -1) for neuron in neurons], dtype=np.int64)
        self._values = expression.values if expression is not None else np.zeros((0, 1))

    def of(self, genes: Iterable[str]) -> Float[np.ndarray, " neuron"]:
        """The level of a family."""
        rows = [self._row[gene] for gene in genes if gene in self._row]
        total = self._values[rows].sum(axis=0, dtype=np.float64)
        level = np.log1p(np.where(self._columns >= 0, total[self._columns], 0.0))
        return level / max(level.max(initial=0.0), 1e-12)


def matches_by_kind(levels: Levels) -> dict[str, dict[str, Pairs]]:
    """For each kind of edge what expression says about a pair, by name."""
    return {
        "chemical": _transmitters_and_receptors(levels),
        "electrical": _innexins(levels),
        "monoaminergic": _monoamines(levels),
    }


def _transmitters_and_receptors(levels: Levels) -> dict[str, Pairs]:
    """Sender's transmitter times receiver's receptors, for each transmitter and kind of receptor."""
    return {
        f"{transmitter} {kind}": np.outer(levels.of(SENDERS[transmitter]), levels.of(genes))
        for (transmitter, kind), genes in RECEIVERS.items()
    }


def _innexins(levels: Levels) -> dict[str, Pairs]:
    """Innexins that both neurons express, and the pair UNC-7 with UNC-9 in either direction."""
    each = np.array([levels.of([gene]) for gene in INNEXINS])
    shared = np.minimum(each[:, :, None], each[:, None, :]).mean(axis=0)
    crossed = np.outer(levels.of(["unc-7"]), levels.of(["unc-9"]))
    return {"shared innexins": shared, "unc-7 with unc-9": crossed + crossed.T}


def _monoamines(levels: Levels) -> dict[str, Pairs]:
    """Which monoamine the sender makes; that the receiver has a receptor is what makes the edge."""
    made = {name: levels.of(genes) for name, genes in MONOAMINES.items()}
    return {name: np.repeat(level[:, None], len(level), axis=1) for name, level in made.items()}
