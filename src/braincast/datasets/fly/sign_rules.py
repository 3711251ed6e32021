"""Signs for a wiring that has none: stated transmitters where papers know them, one stated assumption elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Int

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.larva import NAME as LARVA
from braincast.datasets.fly.larval_transmitters import larval_transmitters
from braincast.datasets.fly.signs import signs_of
from braincast.errors import BraincastError

# Glutamate inhibits in the fly's brain (Liu & Wilson 2013, doi:10.1073/pnas.1220560110). Dopamine and octopamine
# modulate: they have no fast sign here, so that edges of such neurons are left out of a simulation and counted.
FAST_SIGNS: Mapping[str, int] = MappingProxyType(
    {"ACH": 1, "GABA": -1, "GLUT": -1, "DA": 0, "OCT": 0, "SER": 0, "HIST": -1}
)
_NO_NAMES = ("", "no official annotation")


@dataclass(frozen=True)
class SignRule:
    """An assumption on neurons of unknown transmitter: each inhibits with probability `inhibitory_share`, else excites.

    Drawn for each neuron, or once for each type (`by`), so that all edges of a neuron have one sign (Dale's law).
    Unknown neurons of the classes `inhibitory_classes` inhibit in any case. `signs` is what known transmitters do.
    """

    inhibitory_share: float = 0.0
    by: Literal["neuron", "type"] = "neuron"
    inhibitory_classes: tuple[str, ...] = ()
    signs: Mapping[str, int] = field(default_factory=lambda: FAST_SIGNS)

    def __post_init__(self) -> None:
        if not 0 <= self.inhibitory_share <= 1:
            what = f"{self.inhibitory_share} is no probability"
            raise BraincastError("E107", "rule.inhibitory_share", what, "Give a number from 0 to 1")

    @property
    def words(self) -> str:
        """The assumption in words."""
        who = "unknown neurons" if self.by == "neuron" else "types of unknown neurons"
        share = f"{self.inhibitory_share:.0%} of {who} inhibit" if self.inhibitory_share else "unknown neurons excite"
        classes = f", those of class {', '.join(self.inhibitory_classes)} inhibit" if self.inhibitory_classes else ""
        modulators = ", dopamine and octopamine excite" if self.signs.get("DA", 0) > 0 else ""
        return share + classes + modulators


RULES: Mapping[str, SignRule] = MappingProxyType(
    {
        "excitatory": SignRule(),
        "inhibitory-20": SignRule(0.2),
        "inhibitory-30": SignRule(0.3),
        "inhibitory-40": SignRule(0.4),
        "inhibitory-30-types": SignRule(0.3, by="type"),
        "inhibitory-locals": SignRule(inhibitory_classes=("LN",)),
        "inhibitory-30-modulators": SignRule(0.3, signs={**FAST_SIGNS, "DA": 1, "OCT": 1, "SER": 1}),
    }
)
DEFAULT_RULE = "inhibitory-30"


def with_signs(connectome: Connectome, rule: str | SignRule = DEFAULT_RULE, *, seed: int) -> Connectome:
    """The wiring with a sign on each edge that had none, by a rule of `RULES` or your own; its name says which.

    Known signs stay, and a neuron whose known edges all have one sign gives it to its other edges. Transmitters are
    those of the column `transmitter` where it says something, of the larva those that papers state
    (`larval_transmitters`). Modulators keep sign 0. E107 for an unknown rule.
    """
    chosen = _named(rule) if isinstance(rule, str) else rule
    signs = signs_of_neurons(connectome, chosen, seed=seed)
    edges = connectome.edges
    stated = edges["sign"].to_numpy()
    filled = np.where(stated != 0, stated, signs[edges["pre"].to_numpy()]).astype(np.int8)
    name = f"{connectome.name} (signs: {chosen.words}, seed {seed})"
    return connectome.with_edges(edges.assign(sign=filled), name)


def signs_of_neurons(connectome: Connectome, rule: SignRule, *, seed: int) -> Int[np.ndarray, " neuron"]:
    """The sign of each neuron's edges under a rule: stated where it is known (0 for modulators), else assumed."""
    transmitters = known_transmitters(connectome)
    stated = signs_of(transmitters, rule.signs)
    unknown = np.array([name == "" for name in transmitters])
    drawn = _drawn(connectome.neurons, rule, np.random.default_rng(seed))
    signs = np.where(unknown, drawn, stated)
    seen = _signs_on_edges(connectome)
    return np.where(seen != 0, seen, signs).astype(np.int8)


def known_transmitters(connectome: Connectome) -> list[str]:
    """Each neuron's transmitter, "" where it is unknown."""
    neurons = connectome.neurons
    told = [str(name) for name in neurons["transmitter"].fillna("")] if "transmitter" in neurons.columns else []
    if any(told):
        return told
    if connectome.name.startswith(LARVA) and "annotation" in neurons.columns:
        return larval_transmitters(neurons)
    return [""] * len(neurons)


def types_of(neurons: pd.DataFrame, columns: Sequence[str] = ("cell_type", "annotation", "cluster")) -> list[str]:
    """A name for the type of each neuron: the first column that names one, within its class; else the neuron's own."""
    classes = neurons["cell_class"].fillna("").astype(str) if "cell_class" in neurons.columns else [""] * len(neurons)
    found = [f"\0{name}" for name in neurons["id"]]
    for column in reversed([name for name in columns if name in neurons.columns]):
        told = neurons[column].fillna("").astype(str)
        found = [
            before if text in _NO_NAMES else f"{kind}\0{column}\0{text}"
            for before, text, kind in zip(found, told, classes, strict=True)
        ]
    return found


def _named(rule: str) -> SignRule:
    if rule not in RULES:
        raise BraincastError("E107", "rule", f"there is no rule {rule!r}", f"Use one of {', '.join(RULES)}")
    return RULES[rule]


def _drawn(neurons: pd.DataFrame, rule: SignRule, rng: np.random.Generator) -> Int[np.ndarray, " neuron"]:
    """A sign for each neuron, as if all were unknown."""
    if rule.by == "type":
        group, names = pd.factorize(np.array(types_of(neurons), object))
    else:
        group, names = np.arange(len(neurons)), neurons["id"]
    signs = np.where(rng.random(len(names)) < rule.inhibitory_share, -1, 1)[group]
    if rule.inhibitory_classes and "cell_class" in neurons.columns:
        signs[neurons["cell_class"].isin(rule.inhibitory_classes).to_numpy()] = -1
    return signs


def _signs_on_edges(connectome: Connectome) -> Int[np.ndarray, " neuron"]:
    """The one sign that a neuron's known edges have; 0 without known edges or where they differ."""
    pre, sign = connectome.edges["pre"].to_numpy(), connectome.edges["sign"].to_numpy()
    n = connectome.n_neurons
    more, less = (np.bincount(pre[sign == value], minlength=n) > 0 for value in (1, -1))
    return more.astype(np.int8) - less.astype(np.int8)
