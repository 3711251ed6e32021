"""The links of a forecast task: every pair of neurons that some brain wires, and how strong each brain's link is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, Int8

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome

# How an edge acts: by the sender's activity, by the difference of both, or without a synapse.
WAYS = {
    "chemical": "chemical",
    "electrical": "electrical",
    "tract": "tract",
    "peptidergic": "extrasynaptic",
    "monoaminergic": "extrasynaptic",
}
DIFFUSIVE, EXTRASYNAPTIC = "electrical", "extrasynaptic"
Made = TypeVar("Made")
_SAME = ["way", "post", "pre"]


@dataclass(frozen=True, eq=False)
class Links:
    """Links sorted by way, receiver and sender; weights, signs and lengths have a row for each wiring.

    `weight` is as in the connectome, summed over edges of one way, 0 where a wiring has no such edge; `sign` is 0 where
    edges disagree or it is unknown; `length_mm` is NaN where unknown. `which` says which wiring each recording has.
    """

    n_neurons: int
    way: tuple[str, ...]
    pre: Int[np.ndarray, " link"]
    post: Int[np.ndarray, " link"]
    weight: Float[np.ndarray, "wiring link"]
    sign: Int8[np.ndarray, "wiring link"]
    length_mm: Float[np.ndarray, "wiring link"]
    which: Int[np.ndarray, " recording"]

    def __len__(self) -> int:
        return len(self.pre)

    @property
    def n_wirings(self) -> int:
        """How many different wirings there are."""
        return len(self.weight)

    @cached_property
    def _kept(self) -> dict[Hashable, Any]:
        return {}

    def remember(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """`make()`, called once for each key: what candidates and forecasts make of the same links."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    @cached_property
    def ways(self) -> Int[np.ndarray, " link"]:
        """The way of each link as its place in the list of ways."""
        return np.array([_NUMBER[way] for way in self.way], np.int64)

    @cached_property
    def is_diffusive(self) -> Bool[np.ndarray, " link"]:
        """Whether a link is driven by the difference between sender and receiver."""
        return self.is_way(DIFFUSIVE)

    @cached_property
    def synaptic(self) -> Links:
        """All links but those of peptides and monoamines."""
        wireless = self.is_way(EXTRASYNAPTIC)
        return self.only(~wireless) if wireless.any() else self

    def is_way(self, way: str) -> Bool[np.ndarray, " link"]:
        """Which links act in this way."""
        return self.ways == _NUMBER[way]

    def relative(self, exponent: float) -> Float[np.ndarray, "wiring link"]:
        """(weight over the receiver's strongest input of that way)^exponent; 0 without an edge, also for exponent 0."""
        return self.remember(("relative", exponent), lambda: self._relative(exponent))

    def _relative(self, exponent: float) -> Float[np.ndarray, "wiring link"]:
        strongest = np.zeros((self.n_wirings, len(_WAY_NAMES), self.n_neurons))
        for wiring, weight in enumerate(self.weight):
            np.maximum.at(strongest[wiring], (self.ways, self.post), weight)
        largest = strongest[:, self.ways, self.post]
        share = np.divide(self.weight, largest, out=np.zeros_like(self.weight), where=largest > 0)
        return np.where(share > 0, share**exponent, 0.0)

    def shares(self, exponent: float) -> Float[np.ndarray, "wiring link"]:
        """weight^exponent over its sum over the receiver's inputs of that way: each neuron's inputs sum to 1."""
        powered = self.relative(exponent)
        total = np.zeros((self.n_wirings, len(_WAY_NAMES), self.n_neurons))
        for wiring, weight in enumerate(powered):
            np.add.at(total[wiring], (self.ways, self.post), weight)
        total = total[:, self.ways, self.post]
        return np.divide(powered, total, out=np.zeros_like(powered), where=total > 0)

    def only(self, keep: Bool[np.ndarray, " link"]) -> Links:
        """The links marked True."""
        rows = np.flatnonzero(keep)
        columns = {name: getattr(self, name)[:, rows] for name in ("weight", "sign", "length_mm")}
        way = tuple(self.way[row] for row in rows)
        return Links(self.n_neurons, way, self.pre[rows], self.post[rows], **columns, which=self.which)


_WAY_NAMES = tuple(dict.fromkeys(WAYS.values()))
_NUMBER = {way: number for number, way in enumerate(_WAY_NAMES)}


def links_of(brains: Brains) -> Links:
    """The links of all the different wirings together; E307 where there is no wiring."""
    return joined([_merged(connectome) for connectome in brains.connectomes], len(brains.neurons), brains.which)


def joined(tables: Sequence[pd.DataFrame], n_neurons: int, which: Int[np.ndarray, " recording"]) -> Links:
    """Tables of one wiring each, indexed by way, receiver and sender, on the union of their pairs."""
    every = tables[0].index
    for table in tables[1:]:
        every = every.union(table.index)
    every = every.sort_values()
    aligned = [table.reindex(every) for table in tables]
    stacked = {name: np.array([t[name].to_numpy(np.float64) for t in aligned]) for name in ("weight", "sign", "length")}
    ends = {end: every.get_level_values(end).to_numpy(np.int64) for end in ("pre", "post")}
    way = tuple(_WAY_NAMES[number] for number in every.get_level_values("way"))
    weight, sign = np.nan_to_num(stacked["weight"]), np.nan_to_num(stacked["sign"]).astype(np.int8)
    return Links(n_neurons, way, ends["pre"], ends["post"], weight, sign, stacked["length"], which)


def _merged(connectome: Connectome) -> pd.DataFrame:
    """A row for each way and ordered pair of different neurons; edges of weight 0 are none."""
    edges = connectome.edges
    edges = edges[(edges["pre"] != edges["post"]) & (edges["weight"] > 0)]
    number = {kind: _NUMBER[way] for kind, way in WAYS.items()}
    columns = {
        "way": [number[kind] for kind in edges["kind"].astype(str)],
        "post": edges["post"],
        "pre": edges["pre"],
        "weight": edges["weight"].astype(np.float64),
        "sign": edges["sign"].astype(np.float64) * edges["weight"].astype(np.float64),
        "length": edges.get("length_mm", np.nan),
    }
    how = {"weight": "sum", "sign": "sum", "length": "mean"}
    merged = pd.DataFrame(columns).groupby(_SAME, sort=True).agg(how)
    return merged.assign(sign=np.sign(merged["sign"]))
