"""Block bootstrap of cases: windows overlap and neighbours are alike, so blocks of them are drawn, animals first.

Within each run of cases (one recording, one condition) blocks of consecutive cases are drawn with replacement until
there are as many cases as before; blocks move, and wrap around the run's end, so that every case is drawn equally often
(Künsch 1989, Ann. Statist. 17:1217; Politis & Romano 1992). With two or more animals these are drawn first. Drawing
both counts what varies within animals twice, since the animals' own values carry it already (Davison & Hinkley 1997,
section 3.8): so of n resamples a half draws animals and blocks, a quarter animals alone, a quarter blocks alone, and
the first half's deviations shrink to the larger of the other two spreads.

Percentiles are too narrow where units are few: deviations are widened by √(n/f) · t(f)/z, where n are the animals, or
within one animal the disjoint blocks, and f = n - the number of groups that these are drawn within (Hesterberg 2015,
Am. Stat. 69:371): blocks of one run do not replace those of another. Where conditions count alike however short they
are, the shortest decide: n and f are effective numbers then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import special

from braincast.scoring.bootstrap import LEVEL, drawn_replicates, variances_of
from braincast.scoring.ranking import Resampled

_DEFINED_SHARE = 0.9
_ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


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
        n_animals, n_blocks, parts = self.n_animals(within), self.n_blocks(within), _parts(n_resamples)
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
        return _parts(self.n_resamples)

    def spread(self, within: Bool[np.ndarray, " case"], weights: Float[np.ndarray, " case"] | None = None) -> Spread:
        """How the deviations of a score of these cases become an interval; without weights all count alike."""
        return self.units.spread(self.n_resamples, within, weights)


@dataclass(frozen=True)
class Spread:
    """Which resamples speak about a score, and from how many animals and blocks it comes.

    `n_units` are drawn, animals or blocks; `freedom` is their number less that of the groups they are drawn within.
    Of blocks that count unequally both are effective numbers.
    """

    parts: tuple[slice, ...]
    n_animals: int
    n_blocks: int
    n_units: int | float
    freedom: int | float

    @property
    def variance_factor(self) -> float:
        """n/f, by which the variance of few units is too small; NaN where nothing can be told of it."""
        if self.freedom < 1 or max(self.n_animals, self.n_blocks) < 2:
            return np.nan
        return self.n_units / self.freedom

    @cached_property
    def widening(self) -> float:
        """√(n/f) · t(f)/z; NaN for a single animal with a single block, of which nothing can be told."""
        level = (1 + LEVEL) / 2
        quantiles = special.stdtrit(self.freedom, level) / special.ndtri(level)
        return float(np.sqrt(self.variance_factor) * quantiles)

    def deviations(self, resampled: Resampled) -> Float[np.ndarray, " draw"]:
        """How far resamples lie from the sample, each source of chance counted once, widened for few units."""
        with np.errstate(invalid="ignore"):
            drawn = resampled[1:] - resampled[0]
        parts = [drawn[part] for part in self.parts]
        if len(parts) == 1:
            return parts[0] * self.widening
        both, by_animal, by_block = (_variance(part) for part in parts)
        wanted = np.fmax(by_animal, by_block)
        shrink = np.sqrt(min(wanted / both, 1.0)) if both > 0 and wanted >= 0 else 1.0
        return parts[0] * shrink * self.widening

    def variances(self, resampled: Float[np.ndarray, "score resample"]) -> Float[np.ndarray, " score"]:
        """Of many scores, each source of chance counted once, times n/f; NaN where too few resamples are defined."""
        with np.errstate(invalid="ignore"):
            drawn = resampled[:, 1:] - resampled[:, :1]
        parts = [variances_of(drawn[:, part]) for part in self.parts]
        if len(parts) == 1:
            return parts[0] * self.variance_factor
        both, wanted = parts[0], np.fmax(parts[1], parts[2])
        return np.where(wanted >= 0, np.minimum(both, wanted), both) * self.variance_factor

    def interval(self, resampled: Resampled) -> tuple[float, float] | None:
        """95 % interval; None with one unit, or where more than a tenth of the resamples is undefined."""
        return interval_around(resampled[0], self.deviations(resampled))

    def intervals(self, resampled: Float[np.ndarray, "resample score"]) -> Float[np.ndarray, "score 2"]:
        """`interval` of many scores at once; NaN where there is none."""
        deviations = np.stack([self.deviations(score) for score in resampled.T])
        if deviations.size > 0 and np.isfinite(deviations).all():
            return (resampled[0] + np.quantile(deviations, _ENDS, axis=1)).T
        each = [interval_around(value, own) for value, own in zip(resampled[0], deviations, strict=True)]
        return np.array([(np.nan, np.nan) if ends is None else ends for ends in each])

    def two_sided_p(self, difference: Resampled) -> float | None:
        """Bootstrap p of "no difference": twice the smaller tail, never below 2 / (resamples + 1)."""
        return two_sided_p_of(difference[0], self.deviations(difference))


def interval_around(value: float, deviations: Float[np.ndarray, " draw"]) -> tuple[float, float] | None:
    """95 % interval of a value from deviations; None where more than a tenth of these is undefined."""
    defined = deviations[np.isfinite(deviations)]
    if len(deviations) == 0 or len(defined) < _DEFINED_SHARE * len(deviations) or not np.isfinite(value):
        return None
    lower, upper = np.quantile(defined, _ENDS)
    return float(value + lower), float(value + upper)


def two_sided_p_of(value: float, deviations: Float[np.ndarray, " draw"]) -> float | None:
    """Twice the smaller tail beyond 0 of what deviates from a value, never below 2 / (deviations + 1)."""
    drawn = value + deviations
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) == 0:
        return None
    tail = 1 + min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * tail / (len(drawn) + 1))


def draw_blocks(task_hash: str, units: CaseUnits, n_resamples: int) -> BlockResamples:
    """The resamples of a task: fixed by its hash, so that anyone draws the same and differences are paired."""
    seed = int(task_hash[:15], 16)
    rng = np.random.default_rng(seed)
    counts = np.ones((1 + n_resamples, len(units.run)), dtype=np.int64)
    times = _animals_drawn(rng, units, n_resamples)
    _, only_animals, _ = _parts(n_resamples)
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


def _parts(n_resamples: int) -> tuple[slice, slice, slice]:
    quarter = n_resamples // 4
    first, second = n_resamples - 2 * quarter, n_resamples - quarter
    return slice(0, first), slice(first, second), slice(second, n_resamples)


def _animals_drawn(rng: np.random.Generator, units: CaseUnits, n_resamples: int) -> Int[np.ndarray, "resample animal"]:
    """How often each animal is drawn, within its stratum; always once where blocks alone are drawn."""
    times = np.ones((n_resamples, int(units.animal.max()) + 1), dtype=np.int64)
    for stratum in np.unique(units.stratum):
        animals = np.unique(units.animal[units.stratum == stratum])
        n = len(animals)
        if n > 1:
            times[:, animals] = rng.multinomial(n, np.full(n, 1 / n), size=n_resamples)
            times[_parts(n_resamples)[2], animals[:, None].T] = 1
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


def _variance(values: Float[np.ndarray, " draw"]) -> float:
    """Of what is defined; NaN with fewer than two."""
    defined = values[np.isfinite(values)]
    return float(defined.var()) if len(defined) > 1 else np.nan
