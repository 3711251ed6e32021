"""Block bootstrap of cases: windows overlap and neighbours are alike, so blocks of them are drawn, animals first.

Within each run of cases (one recording, one condition) blocks of consecutive cases are drawn with replacement until
there are as many cases as before; blocks move, and wrap around the run's end, so that every case is drawn equally often
(Künsch 1989, Ann. Statist. 17:1217; Politis & Romano 1992). With two or more animals these are drawn first. Drawing
both counts what varies within animals twice, since the animals' own values carry it already (Davison & Hinkley 1997,
section 3.8): so of n resamples a half draws animals and blocks, a quarter animals alone, a quarter blocks alone, and
the first half's deviations shrink to the larger of the other two spreads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.scoring.bootstrap import drawn_replicates, parts_of
from braincast.scoring.forecasting.spread import Spread


@dataclass(frozen=True, eq=False)
class CaseUnits:
    """What a case belongs to: its run, its animal, and the stratum within which its animal is drawn.

    Cases of a run follow each other in time, unless they are not `in_time`: then what a block draws is one case,
    counted as often as a block has cases, as if all cases of a block were the same. A block is `block_cases` long.
    """

    run: Int[np.ndarray, " case"]
    animal: Int[np.ndarray, " case"]
    stratum: Int[np.ndarray, " case"]
    block_cases: int
    in_time: bool = True

    @cached_property
    def several_animals(self) -> bool:
        return len(np.unique(self.animal)) > 1

    def n_animals(self, within: Bool[np.ndarray, " case"]) -> int:
        """Animals that have any of these cases."""
        return len(np.unique(self.animal[within]))

    def n_blocks(self, within: Bool[np.ndarray, " case"]) -> int:
        """Disjoint whole blocks in these cases; a shorter run counts as one."""
        return int(np.maximum(self._run_sizes(within) // self.block_cases, 1).sum())

    def animals_drawn(self, within: Bool[np.ndarray, " case"]) -> tuple[int, int]:
        """(animals, animals less the strata that they are drawn within)."""
        n = self.n_animals(within)
        return n, n - len(np.unique(self.stratum[within]))

    def blocks_drawn(
        self, within: Bool[np.ndarray, " case"], weights: Float[np.ndarray, " case"] | None = None
    ) -> tuple[int | float, int | float]:
        """(blocks, blocks less runs): a run of at least two cases is drawn from at least two.

        Where cases count unequally these are as many as would vary alike if all counted alike: the variance of each
        run's share with its own blocks, then the freedom of their sum (Satterthwaite 1946, Biometrics 2:110).
        """
        sizes = self._run_sizes(within)
        blocks = np.where(sizes > 1, np.maximum(sizes // self.block_cases, 2), 1)
        if weights is None:
            return int(blocks.sum()), int((blocks - 1).sum())
        shares = np.bincount(np.unique(self.run[within], return_inverse=True)[1], weights[within])[blocks > 1]
        blocks = blocks[blocks > 1]
        naive, variance = shares**2 / blocks, shares**2 / (blocks - 1)
        if len(blocks) == 0:
            return 0, 0
        freedom = float(variance.sum() ** 2 / (variance**2 / (blocks - 1)).sum())
        return float(variance.sum() / naive.sum()) * freedom, freedom

    def spread(
        self, n_resamples: int, within: Bool[np.ndarray, " case"], weights: Float[np.ndarray, " case"] | None = None
    ) -> Spread:
        """How the deviations of a score of these cases become an interval; without weights all count alike."""
        n_animals, n_blocks, parts = self.n_animals(within), self.n_blocks(within), parts_of(n_resamples)
        if n_animals > 1:
            return Spread(parts, n_animals, n_blocks, *self.animals_drawn(within))
        part = parts[2] if self.several_animals else slice(None)
        return Spread((part,), n_animals, n_blocks, *self.blocks_drawn(within, weights))

    def _run_sizes(self, within: Bool[np.ndarray, " case"]) -> Int[np.ndarray, " run"]:
        return np.unique(self.run[within], return_counts=True)[1]


@dataclass(frozen=True, eq=False)
class BlockResamples:
    """How often each resample draws each case; the first has every count 1 and is the sample itself."""

    counts: Int[np.ndarray, "resample case"]
    units: CaseUnits
    seed: int

    @property
    def n_resamples(self) -> int:
        """Number of resamples beside the sample itself."""
        return len(self.counts) - 1

    @property
    def parts(self) -> tuple[slice, slice, slice]:
        """Where deviations are of animals and blocks, of animals alone, and of blocks alone."""
        return parts_of(self.n_resamples)

    def spread(self, within: Bool[np.ndarray, " case"], weights: Float[np.ndarray, " case"] | None = None) -> Spread:
        """How the deviations of a score of these cases become an interval; without weights all count alike."""
        return self.units.spread(self.n_resamples, within, weights)


def draw_blocks(task_hash: str, units: CaseUnits, n_resamples: int) -> BlockResamples:
    """The resamples of a task: fixed by its hash, so that anyone draws the same and differences are paired."""
    seed = int(task_hash[:15], 16)
    rng = np.random.default_rng(seed)
    counts = np.ones((1 + n_resamples, len(units.run)), dtype=np.int64)
    times = _animals_drawn(rng, units, n_resamples)
    _, only_animals, _ = parts_of(n_resamples)
    for run in np.unique(units.run):
        cases = np.flatnonzero(units.run == run)
        of_animal = times[:, units.animal[cases[0]]]
        drawn = _blocks_drawn(rng, len(cases), units, of_animal)
        if units.several_animals:
            drawn[only_animals] = of_animal[only_animals, None]
        counts[1:, cases] = drawn
    return BlockResamples(counts, units, seed)


def resample_replicates(
    values: Float[np.ndarray, "replicate resample"], resamples: BlockResamples, n_seeds: int = 1
) -> Float[np.ndarray, " resample"]:
    """Mean over replicates (null draws, seeds), drawn with replacement except where blocks alone are drawn.

    With one animal they are drawn in every resample. The first resample, the sample, is left alone. With `n_seeds` of
    each null draw, one after the other, draws are drawn first and then seeds of each.
    """
    n_replicates, n_resamples = values.shape
    if n_replicates == 1:
        return values[0]
    drawn = drawn_replicates(np.random.default_rng(resamples.seed + 1), n_replicates, n_resamples, n_seeds)
    drawn[:, 0] = np.arange(n_replicates)
    if resamples.units.several_animals:
        drawn[:, 1:][:, resamples.parts[2]] = np.arange(n_replicates)[:, None]
    return np.take_along_axis(values, drawn, axis=0).mean(axis=0)


def _animals_drawn(rng: np.random.Generator, units: CaseUnits, n_resamples: int) -> Int[np.ndarray, "resample animal"]:
    """How often each animal is drawn, within its stratum; always once where blocks alone are drawn."""
    times = np.ones((n_resamples, int(units.animal.max()) + 1), dtype=np.int64)
    for stratum in np.unique(units.stratum):
        animals = np.unique(units.animal[units.stratum == stratum])
        n = len(animals)
        if n > 1:
            times[:, animals] = rng.multinomial(n, np.full(n, 1 / n), size=n_resamples)
            times[parts_of(n_resamples)[2], animals[:, None].T] = 1
    return times


def _blocks_drawn(
    rng: np.random.Generator, n_cases: int, units: CaseUnits, times: Int[np.ndarray, " resample"]
) -> Int[np.ndarray, "resample case"]:
    """Counts of a run's cases when its animal was drawn so many times, each time with blocks of its own."""
    # A block that fills the run would be the run itself, whatever its start: at least two are needed.
    block = max(1, min(units.block_cases, -(-n_cases // 2)))
    within_block = np.arange(block) if units.in_time else np.zeros(block, dtype=np.int64)
    n_resamples = len(times)
    counts = np.zeros((n_resamples, n_cases), dtype=np.int64)
    for time in range(int(times.max(initial=0))):
        starts = rng.integers(n_cases, size=(n_resamples, -(-n_cases // block)))
        places = (starts[..., None] + within_block).reshape(n_resamples, -1)[:, :n_cases] % n_cases
        flat = places + n_cases * np.arange(n_resamples)[:, None]
        drawn = np.bincount(flat.ravel(), minlength=n_resamples * n_cases).reshape(n_resamples, n_cases)
        counts += np.where((time < times)[:, None], drawn, 0)
    return counts
