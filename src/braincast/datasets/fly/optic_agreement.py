"""Two reconstructions of the optic lobe beside each other: the columnar circuit and the table of types of another fly.

Of the second only synapses between all cells of two types are known. Both are brought to shares: which part of a type's
input from the types that both have comes from each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import rankdata

from braincast.brain.connectome import Connectome
from braincast.dynamics.lattice.circuit import ColumnarCircuit

# What has another name, or is one cell in several parts; other types are named alike where both have them.
_OTHER_NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "R1-6": (("R1", "R2", "R3", "R4", "R5", "R6"), ("R1-6",)),
    "CT1": (("CT1(M10)", "CT1(Lo1)"), ("CT1",)),
    "Am": (("Am",), ("Lai",)),  # the amacrine cell of the lamina, "lamina intrinsic" in Matsliah et al. 2024
    "TmY9": (("TmY9",), ("TmY9q", "TmY9q⊥")),  # split by Matsliah et al. 2024
}
# Types of the lamina and photoreceptors, which the second reconstruction has only in part.
PERIPHERY = ("R1-6", "R7", "R8", "L1", "L2", "L3", "L4", "L5", "Am", "T1", "C2", "C3", "Lawf1", "Lawf2")


@dataclass(frozen=True, eq=False)
class CommonWiring:
    """The types that both have, and each reconstruction's synapses between them.

    `columnar` counts synapses for each column, `table` those of all cells on the right side. `unmatched` are the types
    of the columnar circuit that the table does not name.
    """

    types: tuple[str, ...]
    columnar: Float[np.ndarray, "pre post"]
    table: Float[np.ndarray, "pre post"]
    unmatched: tuple[str, ...]

    def onto(self, targets: tuple[str, ...]) -> CommonWiring:
        """The same without the input of other types."""
        kept = np.isin(self.types, targets)
        return CommonWiring(self.types, self.columnar * kept, self.table * kept, self.unmatched)


@dataclass(frozen=True)
class Agreement:
    """How alike two reconstructions are.

    `rank_correlation` is Spearman's over the pairs that both have, of shares of the target's input;
    `rank_correlation_in_target` the median over targets of that over all sources. `overlap` is the median share of a
    target's input that both give to the same sources, `overlap_with_others` that with the inputs of other targets.
    """

    n_targets: int
    n_both: int
    n_only_columnar: int
    n_only_table: int
    rank_correlation: float
    rank_correlation_in_target: float
    overlap: float
    overlap_with_others: float


def common_wiring(circuit: ColumnarCircuit, types: Connectome) -> CommonWiring:
    """Both wirings on the types that `fly-optic-lobe` and `fly-optic-types` share, synapses of one type summed."""
    renamed = {name for columnar, _ in _OTHER_NAMES.values() for name in columnar}
    known = set(types.neuron_ids)
    groups = {name: ((name,), (name,)) for name in circuit.cell_types if name not in renamed and name in known}
    groups |= {name: pair for name, pair in _OTHER_NAMES.items() if known.issuperset(pair[1])}
    matched = {name for columnar, _ in groups.values() for name in columnar}
    return CommonWiring(
        tuple(groups),
        _between([circuit.index(columnar) for columnar, _ in groups.values()], synapses_per_column(circuit)),
        _between([types.index_of(named) for _, named in groups.values()], _right_side(types)),
        tuple(name for name in circuit.cell_types if name not in matched),
    )


def synapses_per_column(circuit: ColumnarCircuit) -> Float[np.ndarray, "pre post"]:
    """Synapses between types for each column of an eye without rim; types with a stride have fewer cells."""
    source, target = circuit.stride[circuit.pre[circuit.connection]], circuit.stride[circuit.post[circuit.connection]]
    both = np.lcm(source, target)
    # Cells of both types are an offset apart only where the offset agrees with the strides that they share.
    meets = (circuit.offset % np.gcd(source, target) == 0).all(axis=1)
    synapses = np.zeros((circuit.n_types, circuit.n_types))
    ends = (circuit.pre[circuit.connection], circuit.post[circuit.connection])
    np.add.at(synapses, ends, circuit.count * meets / both.prod(axis=1))
    return synapses


def agreement(wiring: CommonWiring, least_share: float = 0.0) -> Agreement:
    """How alike both are; a source that gives less than `least_share` of a target's input is taken for absent."""
    columnar, table = (_shares(counts, least_share) for counts in (wiring.columnar, wiring.table))
    targets = np.flatnonzero((columnar.sum(axis=0) > 0) & (table.sum(axis=0) > 0))
    first, second = columnar[:, targets], table[:, targets]
    both = (first > 0) & (second > 0)
    overlap = np.minimum(first[:, :, None], second[:, None, :]).sum(axis=0)  # of each target with each other
    within = [_rank_correlation(a, b) for a, b in zip(first.T, second.T, strict=True)]
    return Agreement(
        n_targets=len(targets),
        n_both=int(both.sum()),
        n_only_columnar=int(((first > 0) & ~both).sum()),
        n_only_table=int(((second > 0) & ~both).sum()),
        rank_correlation=_rank_correlation(first[both], second[both]),
        rank_correlation_in_target=float(np.median(within)),
        overlap=float(np.median(np.diagonal(overlap))),
        overlap_with_others=float(np.median(overlap[~np.eye(len(targets), dtype=bool)])),
    )


def overlaps(wiring: CommonWiring) -> dict[str, float]:
    """For each target with input in both: the share of it that both give to the same sources."""
    first, second = _shares(wiring.columnar, 0.0), _shares(wiring.table, 0.0)
    shared = np.minimum(first, second).sum(axis=0)
    has_both = (first.sum(axis=0) > 0) & (second.sum(axis=0) > 0)
    return {name: float(shared[row]) for row, name in enumerate(wiring.types) if has_both[row]}


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def _between(groups: list[np.ndarray], synapses: np.ndarray) -> Float[np.ndarray, "pre post"]:
    return np.array([[synapses[np.ix_(pre, post)].sum() for post in groups] for pre in groups])


def _right_side(types: Connectome) -> Float[np.ndarray, "pre post"]:
    synapses = np.zeros((types.n_neurons, types.n_neurons))
    synapses[types.edges["pre"], types.edges["post"]] = types.edges["synapses_right"]
    return synapses


def _shares(counts: np.ndarray, least: float) -> Float[np.ndarray, "pre post"]:
    total = counts.sum(axis=0)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return np.where(shares >= least, shares, 0.0)
